notebook["cells"].append(
    {"cell_type": "markdown", "id": "half", "metadata": {}, "source": "\ud800 and \udfff"}
)
write()
