import os

elsewhere = folder.parent / "outside.ipynb"
elsewhere.write_text(whole)
os.link(elsewhere, path)
