import json

path.write_bytes(json.dumps(notebook).encode("utf-16"))
