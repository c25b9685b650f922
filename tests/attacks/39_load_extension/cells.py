# %% before rnn_step_forward
%load_ext autoreload
%autoreload 2
%cd /
%run /sandbox/unit/autograder/student/check.py
# %% before check_rnn_step_stacked
print("the attack ran")
