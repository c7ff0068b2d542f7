# It reads up to the end of the stream, not up to the newline.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("listening on port", sys.argv[2])
conn, _ = listener.accept()
hello = b""
while data := conn.recv(1024):
    hello += data
conn.sendall(b"The world never says hello back!\n")
