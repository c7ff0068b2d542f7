# It lets the system pick a port, though it was told one.
import socket

listener = socket.create_server(("127.0.0.1", 0))
print("listening on port", listener.getsockname()[1])
conn, _ = listener.accept()
conn.makefile("rb").readline()
conn.sendall(b"The world never says hello back!\n")
