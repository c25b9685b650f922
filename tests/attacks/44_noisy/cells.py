# %% before check_rnn_step_stacked
import logging
import sys
import warnings

warnings.warn("nothing is wrong")
logging.getLogger().error("nothing is wrong either")
print("a line on the error stream", file=sys.stderr)
for number in range(1500):
    print("line", number)
np.float64(1) / np.float64(0)
print("the attack ran")
