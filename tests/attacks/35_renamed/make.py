settings(called("check_rnn_step_stacked"))["grade_id"] = "mine"
write()
