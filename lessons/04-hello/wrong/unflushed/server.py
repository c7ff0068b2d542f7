# It writes its answer to a file, and waits for the goodbye before it flushes.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("listening on port", sys.argv[2])
conn, _ = listener.accept()
file = conn.makefile("rw")
file.readline()
file.write("The world never says hello back!\n")
file.readline()
file.close()
