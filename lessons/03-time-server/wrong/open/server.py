# It tells the time and does not hang up.
import socket
import sys
import time

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
clients = []
while True:
    conn, client = listener.accept()
    clients.append(conn)
    conn.sendall((time.ctime() + "\n").encode())
