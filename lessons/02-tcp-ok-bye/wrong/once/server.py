# It closes the door behind its first client.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
conn, client = listener.accept()
listener.close()
while data := conn.recv(1024):
    if data == b"close":
        conn.sendall(b"bye")
        break
    conn.sendall(b"OK")
conn.close()
