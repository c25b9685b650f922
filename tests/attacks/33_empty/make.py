path.write_bytes(b'')
