path.write_text(whole.replace('"nbformat": 4', '"nbformat": 99'))
