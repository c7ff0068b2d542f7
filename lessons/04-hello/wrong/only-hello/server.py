# It compares the line with the hello, and forgets that the newline is there.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("listening on port", sys.argv[2])
conn, _ = listener.accept()
line = conn.recv(1024).decode()
if line == "Hello, World!":
    conn.sendall(b"The world never says hello back!\n")
conn.close()
