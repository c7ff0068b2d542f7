import socket
import sys

host, base = sys.argv[1], int(sys.argv[2])
for port in [20, 21, 22, 23, 25, 53, 80, 110, 143, 443, 465, 587, 993, 5432, 6379]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(1)
    try:
        sock.connect((host, base + port))
        print(port, "open:", sock.recv(1024).decode())
    except ConnectionRefusedError:
        print(port, "closed")
    except TimeoutError:
        print(port, "waits for us")
    sock.close()
for port in [53, 69, 123]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(1)
    sock.connect((host, base + port))
    try:
        sock.send(b"hello")
        print(port, "over UDP:", sock.recv(1024))
    except (ConnectionRefusedError, TimeoutError):
        print(port, "over UDP: nothing")
