# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import time

    print("the attack ran", flush=True)
    time.sleep(86400)
