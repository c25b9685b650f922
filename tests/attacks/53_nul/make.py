called("rnn_step_stacked")["source"] += "\n\0"
write()
