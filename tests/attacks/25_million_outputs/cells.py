# %% before check_rnn_step_stacked
from IPython.display import display

print("the attack ran", flush=True)
for number in range(10**6):
    display(number)
print("the attack ran")
