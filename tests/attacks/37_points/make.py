settings(called("check_rnn_step_stacked")).update(points=100, locked=False, checksum="0")
settings(called("check_stack_weights")).update(points=-50)
write()
