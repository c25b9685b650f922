# %% before check_rnn_step_stacked
import os

shell = get_ipython()
for command in ("touch @CANARY@/39_system", "reboot"):
    for run in (shell.system, shell.system_raw, shell.getoutput, os.system):
        try:
            run(command)
        except Exception as error:
            print(type(error).__name__)
shell.kernel = None
print("the attack ran")
