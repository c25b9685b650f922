path.write_bytes(b'"\\' * 9_000_000 + b"," * 500_001)
