path.write_text(whole.replace('"nbformat": 4', '"nbformat": ' + "4" * 1_000_000))
