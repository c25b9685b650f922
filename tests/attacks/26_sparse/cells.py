# %% before check_rnn_step_stacked
try:
    with open("sparse", "wb") as file:
        file.truncate(2**40)
    print("found room for a terabyte")
except OSError:
    pass
print("the attack ran")
