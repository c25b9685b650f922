import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821

notebook["cells"][2]["source"] = "x = 1;" * 350_000  # noqa: F821
path.write_text(json.dumps(notebook))  # noqa: F821
