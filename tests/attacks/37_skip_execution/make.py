called("check_rnn_step_stacked")["metadata"]["tags"] = ["skip-execution", "demo"]
write()
