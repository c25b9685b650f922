import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821

elsewhere = canary / "folder"  # noqa: F821
elsewhere.mkdir()
(elsewhere / path.name).write_text(whole)
folder.rmdir()  # noqa: F821
folder.symlink_to(elsewhere)  # noqa: F821
