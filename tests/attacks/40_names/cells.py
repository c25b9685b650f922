# %% replaces rnn_step_stacked
source = """def rnn_step_stacked(x_t, h_prev, W, b_h):
    print("the attack ran")
    return undefined_name
"""
exec(compile(source, "<script>document.title='PWNED'</script>", "exec"))
rnn_step_stacked.__name__ = rnn_step_stacked.__qualname__ = "<script>document.title='PWNED'</script>"
