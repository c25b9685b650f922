import json

path = folder / f"{name}.ipynb"  # noqa: F821
for cell in notebook["cells"]:  # noqa: F821
    if cell["metadata"].get("nbgrader", {}).get("grade_id") == "rnn_step_stacked":
        cell["source"] += "\n\0"
path.write_text(json.dumps(notebook))  # noqa: F821
