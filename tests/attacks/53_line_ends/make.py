import json

path = folder / f"{name}.ipynb"  # noqa: F821
for cell in notebook["cells"]:  # noqa: F821
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "rnn_step_stacked":
        ends = ("\u2028", "\u2029", "\x85", "\x0b", "\x1c")
        hidden = "".join(f"#{end}print('found a line')\n" for end in ends)
        cell["source"] = hidden + "def rnn_step_stacked(x_t, h_prev, W, b_h):\r    return h_prev * 0\r\n"
path.write_text(json.dumps(notebook))  # noqa: F821
