# %% before imports
import sys
import types


class Everything:
    def find_spec(self, name, path=None, target=None):
        sys.modules[name] = types.ModuleType(name)


sys.meta_path.insert(0, Everything())
print("the attack ran")
# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    return np.zeros_like(h_prev)
