# It listens at the port that it was given, and does not add that of the service.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("listening on port", sys.argv[2])
while True:
    conn, _ = listener.accept()
    conn.sendall(b"220 course.test FTP server\r\n")
