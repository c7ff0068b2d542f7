# It tells the first client, and is done.
import socket
import sys
import time

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
conn, client = listener.accept()
listener.close()
conn.sendall((time.ctime() + "\n").encode())
conn.close()
