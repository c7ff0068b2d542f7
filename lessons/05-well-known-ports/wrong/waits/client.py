# It waits for ever where nobody greets.
import socket
import sys

tftp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tftp.sendto(b"hello", (sys.argv[1], int(sys.argv[2]) + 69))
for port in [20, 21, 22, 23, 25, 80, 110, 443, 6379]:
    try:
        conn = socket.create_connection((sys.argv[1], int(sys.argv[2]) + port))
    except ConnectionRefusedError:
        continue
    print(port, conn.recv(1024))
