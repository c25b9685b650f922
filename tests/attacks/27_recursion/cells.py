# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import sys

    if not hasattr(sys, "told"):
        sys.told = print("the attack ran", flush=True)
    return rnn_step_stacked(x_t, h_prev, W, b_h)
