# It knows TCP only.
import socket
import sys

for port in [20, 21, 22, 23, 25, 53, 69, 110, 123, 143]:
    try:
        conn = socket.create_connection((sys.argv[1], int(sys.argv[2]) + port))
        conn.settimeout(1)
        print(port, conn.recv(1024))
    except OSError:
        print(port, "closed")
