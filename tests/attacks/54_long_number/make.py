import json

path = folder / f"{name}.ipynb"  # noqa: F821
whole = json.dumps(notebook)  # noqa: F821
path.write_text(whole.replace('"nbformat": 4', '"nbformat": ' + "4" * 1_000_000))
