# %% before check_rnn_step_stacked
import socket

socket.setdefaulttimeout(0.5)

import urllib.request

for address in ("http://192.0.2.1/", "http://[2001:db8::1]/"):
    try:
        urllib.request.urlopen(address, timeout=0.5)
        print("found a page")
    except OSError as error:
        print(error)
print("the attack ran")
