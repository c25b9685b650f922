import copy

stub = called("rnn_step_stacked")
wrong = copy.deepcopy(stub)
wrong["source"] = "def rnn_step_stacked(*args):\n    return 0"
cells.insert(cells.index(stub), wrong)
write()
