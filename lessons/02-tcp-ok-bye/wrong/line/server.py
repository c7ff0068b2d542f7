# It waits for the end of a line, and none comes.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    with conn, conn.makefile("r") as lines:
        for line in lines:
            if line.strip() == "close":
                conn.sendall(b"bye")
                break
            conn.sendall(b"OK")
