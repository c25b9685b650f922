import json

spoil = f"open({str(canary / '04')!r}, 'w').write('imported')\n"  # noqa: F821
for place in ("numpy.py", "rnn_ref/__init__.py", "rnn_ref/recurrence.py", "sitecustomize.py",
              "usercustomize.py", "conftest.py", "startup.pth", "autograder/__init__.py",
              ".ipython/profile_default/startup/00.py", "ipython_config.py", "jupyter_config.py"):
    path = folder / place  # noqa: F821
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(("import os; " if place.endswith("pth") else "") + spoil)
(folder / f"{name}.ipynb").write_text(json.dumps(notebook))  # noqa: F821
