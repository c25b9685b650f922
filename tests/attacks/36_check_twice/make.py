import copy

check = called("check_rnn_step_stacked")
empty = copy.deepcopy(check)
empty["source"] = "pass"
cells.insert(cells.index(check) + 1, empty)
write()
