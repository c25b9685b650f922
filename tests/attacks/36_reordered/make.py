check = called("check_rnn_step_stacked")
cells.remove(check)
cells.insert(0, check)
write()
