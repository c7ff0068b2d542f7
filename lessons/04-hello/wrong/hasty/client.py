# It hangs up when it has spoken.
import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as conn:
    conn.sendall(b"Hello, World!\n")
