import os

import socket

here = os.getcwd()
os.chdir(folder)  # a socket's path must be short
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(path.name)
os.chdir(here)
