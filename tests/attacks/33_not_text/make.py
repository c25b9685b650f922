path.write_bytes(bytes(range(256)) * 9)
