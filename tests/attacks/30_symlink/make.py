elsewhere = canary / "theirs.ipynb"
elsewhere.write_text(whole)
path.symlink_to(elsewhere)
