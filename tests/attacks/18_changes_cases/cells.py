# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
import sys


def blank(value):
    if isinstance(value, np.ndarray):
        value.setflags(write=True)
        value[...] = 0
    elif isinstance(value, dict):
        for item in value.values():
            blank(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            blank(item)


for module in list(sys.modules.values()):
    blank(getattr(module, "secret_cases", None))
print("the attack ran")
