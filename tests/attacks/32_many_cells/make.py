import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821

notebook["cells"] += [  # noqa: F821
    {"cell_type": "markdown", "id": f"c{n}", "metadata": {}, "source": ""} for n in range(100_000)
]
path.write_text(json.dumps(notebook))  # noqa: F821
