# %% before check_rnn_step_stacked
import threading
import time

started = 0
try:
    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
        started += 1
except RuntimeError:
    print("stopped after", started, "threads")
print("the attack ran")
