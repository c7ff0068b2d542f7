# It packs its numbers as the machine keeps them ('H', and not '!H').
import socket
import struct
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
query = bytes([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
for part in sys.argv[3].split("."):
    query += bytes([len(part)]) + part.encode()
query += b"\0" + struct.pack("HH", 1, 1)
sock.sendto(query, (sys.argv[1], int(sys.argv[2])))
print(sock.recv(512).hex())
