# It asks, and here nobody listens to questions.
import socket
import sys

sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
sock.sendall(b"What time is it?")
print(sock.recv(1024).decode())
