# It waits at one port after the other.
import socket
import sys

host, base = sys.argv[1], int(sys.argv[2])
services = [
    (21, b"220 course.test FTP server\r\n"),
    (22, b"SSH-2.0-BothEnds_1.0\r\n"),
    (25, b"220 course.test ESMTP\r\n"),
    (80, b""),
    (110, b"+OK POP3 server\r\n"),
]
listeners = [socket.create_server((host, base + port)) for port, _ in services]
print("all open")
visitors = []
while True:
    for listener, (_, greeting) in zip(listeners, services):
        conn, _ = listener.accept()
        conn.sendall(greeting)
        visitors.append(conn)
