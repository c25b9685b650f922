notebook["cells"][2]["source"] = "x = 1;" * 350_000
write()
