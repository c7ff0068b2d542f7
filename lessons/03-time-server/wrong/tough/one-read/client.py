# It reads once, and believes that this is all.
import socket
import sys

sock = socket.create_connection(("127.0.0.1", int(sys.argv[2].rpartition(":")[2])))
print(sock.recv(1024))
