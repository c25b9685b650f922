# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import threading

    print("the attack ran", flush=True)
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
