# It waits for a question.
import socket
import sys
import time

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    conn.recv(1024)
    conn.sendall((time.ctime() + "\n").encode())
    conn.close()
