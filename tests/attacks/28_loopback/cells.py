# %% before check_rnn_step_stacked
import socket

socket.setdefaulttimeout(0.5)

import glob

for path in glob.glob("@CANARY@/port-*"):
    print("found", path)
for port in (22, 80, 443, 5432, 8888, @PORT@):
    for address in ("127.0.0.1", "::1"):
        try:
            socket.create_connection((address, port), 0.3).close()
            print("found port", port)
        except OSError:
            pass
print("the attack ran")
