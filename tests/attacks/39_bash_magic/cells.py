# %% before rnn_step_forward
%%bash
touch @CANARY@/39_bash
echo found a shell
# %% before check_rnn_step_stacked
print("the attack ran")
