# It sends the query's flags back, and so its reply looks like a query.
import socket
import struct
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], int(sys.argv[2])))
print("waiting for queries")
while True:
    query, client = sock.recvfrom(512)
    header = query[:4] + struct.pack("!4H", 1, 1, 0, 0)
    answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, 1])
    sock.sendto(header + query[12:] + answer, client)
