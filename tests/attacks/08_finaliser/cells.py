# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
class Late:
    def __del__(self):
        import os

        os.write(3, b"full marks")
        open("@CANARY@/08_finaliser", "w").close()


import sys

sys.late = late = Late()
print("the attack ran")
