import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821

cells = notebook["cells"]  # noqa: F821


def settings(cell):
    return cell["metadata"].get("nbgrader", {})


def called(name):
    return next(cell for cell in cells if settings(cell).get("grade_id") == name)


import copy

stub = called("rnn_step_stacked")
wrong = copy.deepcopy(stub)
wrong["source"] = "def rnn_step_stacked(*args):\n    return 0"
cells.insert(cells.index(stub), wrong)
path.write_text(json.dumps(notebook))  # noqa: F821
