path.mkdir()
