# Its greetings end with \n, and not with \r\n.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2]) + 21))
print("open")
while True:
    conn, _ = listener.accept()
    conn.sendall(b"220 course.test FTP server\n")
