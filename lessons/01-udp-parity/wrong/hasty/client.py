# It sends everything before it listens to the first answer.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
lines = sys.stdin.read().splitlines()
for line in lines:
    sock.sendto(line.encode(), (sys.argv[1], int(sys.argv[2])))
for line in lines:
    print(sock.recv(1024).decode())
