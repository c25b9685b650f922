# %% before check_rnn_step_stacked
pass
print("the attack ran")
