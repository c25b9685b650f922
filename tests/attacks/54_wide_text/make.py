import json

path = folder / f"{name}.ipynb"  # noqa: F821
path.write_bytes(json.dumps(notebook).encode("utf-16"))  # noqa: F821
