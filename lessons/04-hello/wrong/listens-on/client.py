# It has the answer, and listens until the other end hangs up.
import socket
import sys

conn = socket.create_connection((sys.argv[1], int(sys.argv[2])))
conn.sendall(b"Hello, World!\n")
while data := conn.recv(1024):
    print(data)
conn.close()
