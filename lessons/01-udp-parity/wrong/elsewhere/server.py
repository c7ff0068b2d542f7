# It listens at a port of its own choice.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
print("waiting on port", sock.getsockname()[1])
while True:
    data, client = sock.recvfrom(1024)
    sock.sendto(b"OK" if len(data) % 2 == 0 else b"Err", client)
