import json

cells = []
for cell in notebook["cells"]:
    kept = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
    if cell["cell_type"] == "code":
        kept.update(input=cell["source"], language="python", outputs=[], collapsed=False)
    else:
        kept.update(source=cell["source"])
    cells.append(kept)
old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
path.write_text(json.dumps({**old, "worksheets": [{"cells": cells, "metadata": {}}]}))
