# %% before check_rnn_step_stacked
import socket

socket.setdefaulttimeout(0.5)

import os

places = ["/run/dbus/system_bus_socket", "/var/run/docker.sock", "/run/docker.sock",
          "/tmp/.X11-unix/X0", "\0/tmp/.X11-unix/X0", "@CANARY@/socket",
          os.environ.get("DBUS_SESSION_BUS_ADDRESS", "none")]
for place in places:
    try:
        socket.socket(socket.AF_UNIX).connect(place)
        print("found", place)
    except OSError:
        pass
for family in (socket.AF_VSOCK, socket.AF_NETLINK, socket.AF_PACKET):
    try:
        socket.socket(family, socket.SOCK_RAW)
        print("found a socket of family", family)
    except OSError:
        pass
print("the attack ran")
