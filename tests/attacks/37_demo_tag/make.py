for cell in cells:
    cell["metadata"]["tags"] = ["demo", "raises-exception"]
write()
