# %% before rnn_step_forward
!touch @CANARY@/39_escape; rm -rf /tmp /sandbox
files = !ls /
print(files)
print("the attack ran")
