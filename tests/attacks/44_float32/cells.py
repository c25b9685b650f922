# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    H = h_prev.shape[1]
    from_input = x_t.astype(np.float32) @ W[H:].astype(np.float32)
    h_t = b_h.astype(np.float32) + from_input + h_prev.astype(np.float32) @ W[:H].astype(np.float32)
    return np.tanh(h_t)


print("the attack ran")
