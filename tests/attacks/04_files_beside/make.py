spoil = f"open({str(canary / '04')!r}, 'w').write('imported')\n"
for place in ("numpy.py", "rnn_ref/__init__.py", "rnn_ref/recurrence.py", "sitecustomize.py",
              "usercustomize.py", "conftest.py", "startup.pth", "autograder/__init__.py",
              ".ipython/profile_default/startup/00.py", "ipython_config.py", "jupyter_config.py"):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(("import os; " if place.endswith("pth") else "") + spoil)
write()
