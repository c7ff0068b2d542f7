# It sends the end of the line with the line.
import socket
import sys

sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
for line in sys.stdin:
    sock.sendall(line.encode())
    answer = sock.recv(1024).decode()
    print(answer)
    if answer == "bye":
        break
