# Its replies have an ID of their own.
import socket
import struct
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], int(sys.argv[2])))
print("waiting for queries")
while True:
    query, client = sock.recvfrom(512)
    header = struct.pack("!6H", 1, 0x8400, 1, 1, 0, 0)
    answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, 1])
    sock.sendto(header + query[12:] + answer, client)
