notebook["cells"] += [
    {"cell_type": "markdown", "id": f"c{n}", "metadata": {}, "source": ""} for n in range(100_000)
]
write()
