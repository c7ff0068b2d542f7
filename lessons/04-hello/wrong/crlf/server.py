# It ends its line as HTTP and FTP do.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
conn, client = listener.accept()
conn.makefile().readline()
conn.sendall(b"The world never says hello back!\r\n")
conn.close()
