# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran")
    raise KeyboardInterrupt

# %% before check_stack_weights
try:
    quit()
except NameError:
    raise SystemExit(0)
