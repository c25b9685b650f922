# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import sys

    print("the attack ran", flush=True)
    sys.setrecursionlimit(10**9)


    class Deep:
        def __getattr__(self, name):
            return getattr(self, name)


    Deep().down
