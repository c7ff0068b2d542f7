# It sends the end of the line with the line.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for line in sys.stdin:
    sock.sendto(line.encode(), (sys.argv[1], int(sys.argv[2])))
    print(sock.recv(1024).decode())
