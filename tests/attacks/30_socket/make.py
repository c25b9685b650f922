import json
import os

whole = json.dumps(notebook)  # noqa: F821
path = folder / f"{name}.ipynb"  # noqa: F821

import socket

here = os.getcwd()
os.chdir(folder)  # noqa: F821 - a socket's path must be short
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(path.name)
os.chdir(here)
