# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran")
    for array in (x_t, h_prev, W, b_h):
        array[...] = 0
    return np.zeros_like(h_prev)
