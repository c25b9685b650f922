import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821
path.write_text(whole.replace('"nbformat": 4', '"nbformat": NaN'))
