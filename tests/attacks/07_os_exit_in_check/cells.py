# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import os

    print("the attack ran", flush=True)
    os._exit(0)
