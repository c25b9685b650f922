# %% before rnn_step_forward
!touch @CANARY@/39_escape; rm -rf /tmp /sandbox
files = !ls /
print(files)
# %% before check_rnn_step_stacked
print("the attack ran")
