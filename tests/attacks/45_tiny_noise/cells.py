# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    h_t = np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)
    return h_t + 1e-12 * np.random.default_rng().normal(size=h_t.shape)


print("the attack ran")
