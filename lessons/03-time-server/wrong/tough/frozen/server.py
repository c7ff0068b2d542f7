# It looks at the clock once, when it starts.
import socket
import sys
import time

now = time.ctime() + "\n"
listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    conn.sendall(now.encode())
    conn.close()
