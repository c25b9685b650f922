"""Runs a notebook of a kit in plain IPython; prints a line of JSON for each code cell.

Usage: run_notebook.py SITE NOTEBOOK [--all]. SITE is a folder with what the wheel installs. Without
``--all`` demonstrations are left out; with it they are run a second time at the end, when all
checks have been run.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

NOT_IN_A_KIT = ("jinja2", "markdown_it", "nbformat", "nbgrader", "nh3", "rich", "sqlalchemy")
ALONE = (*NOT_IN_A_KIT, "psutil", "pyseccomp", "tqdm", "typer", "yaml")


def run(site: str, place: str, *options: str) -> None:
    """Run the notebook at `place`."""
    sys.path.insert(0, site)
    sys.modules.update(dict.fromkeys(ALONE))  # as where numpy, IPython and so on are there alone
    from IPython.core.interactiveshell import InteractiveShell

    os.chdir(Path(place).parent)
    shell = InteractiveShell.instance()
    cells = [c for c in json.loads(Path(place).read_text())["cells"] if c["cell_type"] == "code"]
    demos = [cell for cell in cells if "demo" in cell["metadata"].get("tags", ())]
    asked = [*cells, *demos] if options else [cell for cell in cells if cell not in demos]
    for number, cell in enumerate(asked):
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            result = shell.run_cell("".join(cell["source"]), store_history=True)
        error = result.error_in_exec or result.error_before_exec
        kind, said = (type(error).__name__, str(error)) if error else ("", "")
        line = {"id": cell["id"], "demo": cell in demos, "again": number >= len(cells)}
        print(json.dumps({**line, "error": kind, "said": said, "shown": shown.getvalue()}))


if __name__ == "__main__":
    run(*sys.argv[1:])
