# It speaks first everywhere, to those as well who would greet it.
import socket
import sys

for port in [20, 21, 22, 23, 25, 80, 110, 443, 6379]:
    try:
        conn = socket.create_connection((sys.argv[1], int(sys.argv[2]) + port))
    except ConnectionRefusedError:
        continue
    conn.settimeout(10)
    conn.sendall(b"hello\r\n")
    print(port, conn.recv(1024))
