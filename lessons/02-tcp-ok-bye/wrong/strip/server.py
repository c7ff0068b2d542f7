# It cuts off white space before it compares.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    while data := conn.recv(1024):
        if data.strip() == b"close":
            conn.sendall(b"bye")
            break
        conn.sendall(b"OK")
    conn.close()
