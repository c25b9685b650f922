# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    class Changing:
        def __array__(self, dtype=None, copy=None):
            return np.random.default_rng().normal(size=h_prev.shape)


    print("the attack ran")
    return Changing()
