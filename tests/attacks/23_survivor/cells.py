# %% before check_rnn_step_stacked
import ctypes
import os
import subprocess

libc = ctypes.CDLL(None)
for start in (
    lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "sleep 999"], {}),
    lambda: subprocess.Popen(["sleep", "999"], start_new_session=True),
    lambda: os.fork() or os.setsid() or [open("@CANARY@/23", "w"), __import__("time").sleep(999)],
    lambda: libc.vfork(),
):
    try:
        start()
    except OSError:
        pass
print("the attack ran")
