"""Server stands in for a whole machine: it opens several well-known services.

Usage: server.py [-addr HOST:BASE]

The service with port S listens at BASE+S.
"""
import argparse
import socket
import threading

SERVICES = [
    ("ftp", 21, b"220 course.test FTP server\r\n"),
    ("ssh", 22, b"SSH-2.0-BothEnds_1.0\r\n"),
    ("smtp", 25, b"220 course.test ESMTP\r\n"),
    ("http", 80, b""),
    ("pop3", 110, b"+OK POP3 server\r\n"),
]

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:10000")
host, _, base = parser.parse_args().addr.rpartition(":")
base = int(base)


def greet(conn, greeting):
    with conn:
        conn.settimeout(5)
        try:
            conn.sendall(greeting)
            while conn.recv(4096):  # until it leaves
                pass
        except OSError:
            pass  # it broke off, or has been here for too long


def accept(listener, name, greeting):
    while True:
        conn, client = listener.accept()
        print("%s:%d connected to" % client, name, flush=True)
        threading.Thread(target=greet, args=(conn, greeting), daemon=True).start()


udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((host, base + 69))
listeners = [socket.create_server((host, base + port)) for _, port, _ in SERVICES]
print(f"listening on {host}:{base}", flush=True)
for listener, (name, port, greeting) in zip(listeners, SERVICES):
    print(f"{name} listening on {host}:{base + port}", flush=True)
    threading.Thread(target=accept, args=(listener, name, greeting), daemon=True).start()

print(f"tftp listening on {host}:{base + 69}", flush=True)
while True:
    data, client = udp.recvfrom(65535)
    print("%s:%d sent a datagram to tftp" % client, flush=True)
    if data[1:2] != b"\x05":  # an error like ours gets no answer
        udp.sendto(b"\0\5\0\4Illegal TFTP operation\0", client)
