# It does not send the zero that ends the name.
import socket
import struct
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
query = struct.pack("!6H", 4711, 0x0100, 1, 0, 0, 0)
for part in sys.argv[3].split("."):
    query += bytes([len(part)]) + part.encode()
sock.sendto(query + struct.pack("!HH", 1, 1), (sys.argv[1], int(sys.argv[2])))
print(sock.recv(512).hex())
