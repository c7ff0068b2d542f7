import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((sys.argv[1], int(sys.argv[2])))
for line in sys.stdin:
    s.send(line.strip().encode())
    answer = s.recv(1024).decode()
    print(answer)
    if answer == "bye":
        break
s.close()
