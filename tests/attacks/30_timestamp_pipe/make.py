import os

path.write_text(whole)
os.mkfifo(folder / "timestamp.txt")
