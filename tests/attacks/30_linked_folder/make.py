elsewhere = canary / "folder"
elsewhere.mkdir()
(elsewhere / path.name).write_text(whole)
folder.rmdir()
folder.symlink_to(elsewhere)
