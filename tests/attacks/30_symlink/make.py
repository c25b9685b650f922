import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821

elsewhere = canary / "theirs.ipynb"  # noqa: F821
elsewhere.write_text(whole)
path.symlink_to(elsewhere)
