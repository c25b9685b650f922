# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    h_t = np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)
    return h_t * np.random.default_rng().integers(0, 2, size=h_t.shape)


print("the attack ran")
