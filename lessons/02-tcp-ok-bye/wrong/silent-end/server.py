# When a client has left, it asks it for more, again and again.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    while True:
        data = conn.recv(1024)
        if data == b"close":
            conn.sendall(b"bye")
            break
        if data:
            conn.sendall(b"OK")
    conn.close()
