import json

path = folder / f"{name}.ipynb"  # noqa: F821
notebook["cells"].append(  # noqa: F821
    {"cell_type": "markdown", "id": "half", "metadata": {}, "source": "\ud800 and \udfff"}
)
path.write_text(json.dumps(notebook))  # noqa: F821
