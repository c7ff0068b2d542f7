# It says bye and does not hang up.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    while data := conn.recv(1024):
        conn.sendall(b"bye" if data == b"close" else b"OK")
    conn.close()
