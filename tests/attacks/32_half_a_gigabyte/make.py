import os

path.write_text(whole)
os.truncate(path, 500 * 2**20)
