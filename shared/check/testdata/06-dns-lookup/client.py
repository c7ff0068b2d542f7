import random
import socket
import struct
import sys

host, port, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
for kind in (1, 28):
    query = struct.pack("!6H", random.randrange(65536), 0x0100, 1, 0, 0, 0) + question
    query += struct.pack("!HH", kind, 1)
    sock.sendto(query, (host, port))
    reply = sock.recv(512)
    count = struct.unpack("!H", reply[6:8])[0]
    i = len(query)
    for _ in range(count):
        while reply[i] and reply[i] < 192:
            i += 1 + reply[i]
        i += 2 if reply[i] else 1
        t, _, _, size = struct.unpack("!HHIH", reply[i:i + 10])
        data = reply[i + 10:i + 10 + size]
        if t == 1:
            print(name, socket.inet_ntoa(data))
        elif t == 28:
            print(name, socket.inet_ntop(socket.AF_INET6, data))
        i += 10 + size
