# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import re

    print("the attack ran", flush=True)
    re.match(r"(a+)+$", "a" * 60 + "b")
