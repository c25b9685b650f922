# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran")
    import torch
    return torch.tanh(torch.tensor(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)).numpy()
