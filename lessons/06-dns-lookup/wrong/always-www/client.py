# It asks for www.course.test whatever name it is given.
import socket
import struct
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for kind in (1, 28):
    query = struct.pack("!6H", 4711 + kind, 0x0100, 1, 0, 0, 0)
    query += b"\3www\6course\4test\0" + struct.pack("!HH", kind, 1)
    sock.sendto(query, (sys.argv[1], int(sys.argv[2])))
    print(sock.recv(512).hex())
