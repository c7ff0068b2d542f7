# It opens all of its services over TCP, TFTP too.
import socket
import sys
import threading

host, base = sys.argv[1], int(sys.argv[2])
services = {21: b"220 course.test FTP server\r\n", 22: b"SSH-2.0-BothEnds_1.0\r\n",
            25: b"220 course.test ESMTP\r\n", 80: b"", 110: b"+OK POP3 server\r\n",
            69: b"\0\5\0\4Illegal TFTP operation\0"}
visitors = []


def serve(listener, greeting):
    while True:
        conn, _ = listener.accept()
        conn.sendall(greeting)
        visitors.append(conn)


listeners = {port: socket.create_server((host, base + port)) for port in services}
print("all open")
for port, listener in listeners.items():
    threading.Thread(target=serve, args=(listener, services[port])).start()
