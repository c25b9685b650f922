# %% replaces rnn_step_stacked
def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran")
    raise ValueError("</pre><script>document.title='PWNED'</script><img src=x onerror=\"document.title='PWNED'\">")
