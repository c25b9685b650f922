# %% before check_rnn_step_stacked
made = 0
try:
    while True:
        open(f"file-{made}", "w").close()
        made += 1
except OSError:
    print("stopped after", made, "files")
print("the attack ran")
