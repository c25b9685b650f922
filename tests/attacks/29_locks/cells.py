# %% before check_rnn_step_stacked
import fcntl

with open(np.__file__) as shared:
    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
            print("found a lock to hold")
        except OSError as error:
            print(error)
print("the attack ran")
