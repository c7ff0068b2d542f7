# It believes that the same message again is a mistake of the network's.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", int(sys.argv[2].rpartition(":")[2])))
print("waiting on port", sock.getsockname()[1])
before = None
while True:
    received = sock.recvfrom(65535)
    if received == before:
        continue
    before = received
    data, client = received
    sock.sendto(b"OK" if len(data) % 2 == 0 else b"Err", client)
