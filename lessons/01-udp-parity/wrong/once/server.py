# It answers one datagram, and does not receive another.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
data, client = sock.recvfrom(1024)
sock.sendto(b"OK" if len(data) % 2 == 0 else b"Err", client)
input()  # keep the window open
