# Its line has no end.
import socket
import sys
import time

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    conn.sendall(time.ctime().encode())
    conn.close()
