# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import sys

    print("the attack ran")
    sys.displayhook(2)
    return np.zeros_like(h_prev)
