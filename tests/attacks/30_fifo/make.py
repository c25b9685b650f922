import os

os.mkfifo(path)
