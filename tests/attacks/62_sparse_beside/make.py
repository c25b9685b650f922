write()
with open(folder / "notes.bin", "wb") as file:
    file.truncate(4 * 2**30)
