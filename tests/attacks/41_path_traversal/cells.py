# %% replaces written_memory
![a](../../../../../etc/passwd) ![b](file:///etc/passwd) ![c](attachment:../../gradebook.db)
<img src="../../../gradebook.db"> <object data="file:///etc/passwd"></object> {% include "/etc/passwd" %}
# %% before check_rnn_step_stacked
print("the attack ran")
