import json

cells = []
for cell in notebook["cells"]:
    kept = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
    if cell["cell_type"] == "code":
        kept.update(input=cell["source"], language="python", outputs=[], collapsed=False)
    else:
        kept.update(source=cell["source"])
    cells.append(kept)
last = next(cell for cell in reversed(cells) if cell["cell_type"] == "code")
last["outputs"] = [{"output_type": "stream"}] * 200_000
old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
old["worksheets"] = [{"cells": cells, "metadata": {}}]
path.write_text(json.dumps(old, separators=(",", ":")))
