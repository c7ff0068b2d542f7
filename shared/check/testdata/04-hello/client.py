import socket
import sys

sock = socket.socket()
sock.connect((sys.argv[1], int(sys.argv[2])))
sock.sendall(b"Hello, World!\n")
data = sock.recv(1024)
print("answer:", data.decode())
sock.close()
