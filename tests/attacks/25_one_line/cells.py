# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import sys

    print("the attack ran", flush=True)
    piece = "x" * 2**24
    for _ in range(64):
        sys.stdout.write(piece)
    return np.zeros_like(h_prev)
