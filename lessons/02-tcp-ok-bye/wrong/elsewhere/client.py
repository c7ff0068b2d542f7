# It looks for its server at a port of its own choice.
import socket
import sys

try:
    sock = socket.create_connection(("127.0.0.1", 1))
except OSError:
    sys.exit("nobody is at port 1")
for line in sys.stdin:
    sock.sendall(line.rstrip("\n").encode())
    print(sock.recv(1024).decode())
