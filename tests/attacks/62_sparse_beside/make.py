import json

(folder / f"{name}.ipynb").write_text(json.dumps(notebook))  # noqa: F821
with open(folder / "notes.bin", "wb") as file:  # noqa: F821
    file.truncate(4 * 2**30)
