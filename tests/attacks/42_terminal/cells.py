# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran")
    print("\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b31m\u202egnitirw\u202c")
    raise ValueError("\x1b]0;owned\x07\x1b[2J\u202etxet")
