# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import ctypes

    print("the attack ran", flush=True)
    ctypes.string_at(0)
