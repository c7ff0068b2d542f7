# It sends the name as people write it, dots and all.
import socket
import struct
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
name = sys.argv[3].encode()
query = struct.pack("!6H", 4711, 0x0100, 1, 0, 0, 0) + bytes([len(name)]) + name + b"\0\0\1\0\1"
sock.sendto(query, (sys.argv[1], int(sys.argv[2])))
print(sock.recv(512).hex())
