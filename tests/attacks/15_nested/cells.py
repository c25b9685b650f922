# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran")
    return __import__('functools').reduce(lambda a, _: [a], range(1000), 0.0)
