import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])

while True:
    data, client = sock.recvfrom(1024)
    print(client, "sent", data.decode())
    if len(data) % 2 == 0:
        sock.sendto(b"OK", client)
    else:
        sock.sendto(b"Err", client)
