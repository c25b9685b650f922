cells.remove(called("check_rnn_step_stacked"))
write()
