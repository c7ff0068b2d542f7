import socket
import sys
import time

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.listen(5)
print("Server started")
while True:
    conn, addr = s.accept()
    print("Connected by", addr)
    conn.send((time.ctime() + "\n").encode())
    conn.close()
