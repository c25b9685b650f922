# %% replaces written_memory
In the state. <script>document.title='PWNED'</script> <img src=x onerror="document.title='PWNED'">
[link](javascript:document.title='PWNED') <iframe src="javascript:parent.document.title='PWNED'"></iframe>
<svg onload="document.title='PWNED'"><a href="data:text/html,<script>1</script>">x</a></svg>
<style>body{display:none}</style><meta http-equiv="refresh" content="0;url=https://example.org">
# %% before check_rnn_step_stacked
print("the attack ran")
