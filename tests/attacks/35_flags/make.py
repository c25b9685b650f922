settings(called("check_rnn_step_stacked")).update(grade=False, solution=True, locked=False)
settings(called("rnn_step_stacked")).update(grade=True, points=100)
called("check_rnn_step_stacked")["source"] = "pass"
write()
