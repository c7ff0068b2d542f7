# It ends at its own close, whatever the answer.
import socket
import sys

sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
for line in sys.stdin:
    message = line.rstrip("\n")
    sock.sendall(message.encode())
    print(sock.recv(1024).decode())
    if message == "close":
        break
