table = "|a" * 181 + "|\n" + "|-" * 181 + "|\n" + "|\n" * 361 + "\n"
for number in range(5):
    cell = {"cell_type": "markdown", "id": f"table-{number}", "metadata": {}}
    notebook["cells"].append({**cell, "source": (table * 14)[:20_000]})
write()
