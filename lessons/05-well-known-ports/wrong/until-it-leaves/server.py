# It greets, and waits until the visitor has left before it accepts the next.
import socket
import sys
import threading

host, base = sys.argv[1], int(sys.argv[2])


def serve(listener, greeting):
    while True:
        conn, _ = listener.accept()
        conn.sendall(greeting)
        while conn.recv(1024):
            pass
        conn.close()


for port, greeting in [(21, b"220 course.test FTP server\r\n"), (22, b"SSH-2.0-BothEnds_1.0\r\n"),
                       (25, b"220 course.test ESMTP\r\n"), (80, b""), (110, b"+OK POP3 server\r\n")]:
    listener = socket.create_server((host, base + port))
    threading.Thread(target=serve, args=(listener, greeting)).start()

tftp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tftp.bind((host, base + 69))
print("all open")
while True:
    data, client = tftp.recvfrom(1024)
    tftp.sendto(b"\0\5\0\4Illegal TFTP operation\0", client)
