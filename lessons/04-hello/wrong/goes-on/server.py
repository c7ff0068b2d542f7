# It goes back to accept, and never ends.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("listening on port", sys.argv[2])
while True:
    conn, _ = listener.accept()
    with conn:
        conn.recv(1024)
        conn.sendall(b"The world never says hello back!\n")
