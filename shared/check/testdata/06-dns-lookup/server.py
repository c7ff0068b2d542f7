import socket
import struct
import sys
import threading

A, CNAME, PTR, MX, TXT, AAAA = 1, 5, 12, 15, 16, 28


def encode(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


zone = {
    "course.test": {A: bytes([192, 0, 2, 1]), AAAA: socket.inet_pton(socket.AF_INET6, "2001:db8::1"),
                    MX: b"\x00\x0a" + encode("mail.course.test"), TXT: b"\x0dHello, World!"},
    "mail.course.test": {A: bytes([192, 0, 2, 25])},
    "www.course.test": {CNAME: encode("course.test")},
    "25.2.0.192.in-addr.arpa": {PTR: encode("mail.course.test")},
}


def answer(query):
    labels, i = [], 12
    while query[i]:
        labels.append(query[i + 1:i + 1 + query[i]].decode())
        i += 1 + query[i]
    name = ".".join(labels)
    kind = struct.unpack("!H", query[i + 1:i + 3])[0]
    code, records = 0, []
    if not name.endswith(("course.test", "2.0.192.in-addr.arpa")):
        code = 5
    elif name not in zone:
        code = 3
    elif CNAME in zone[name]:
        records = [(name, CNAME), ("course.test", kind)]
    elif kind in zone[name]:
        records = [(name, kind)]
    reply = query[:2] + struct.pack("!5H", 0x8400 + code, 1, len(records), 0, 0) + query[12:i + 5]
    for owner, t in records:
        data = zone[owner][t]
        reply += encode(owner) + struct.pack("!HHIH", t, 1, 60, len(data)) + data
    return reply


def serve_tcp(listener):
    while True:
        conn, addr = listener.accept()
        size = struct.unpack("!H", conn.recv(2))[0]
        reply = answer(conn.recv(size))
        conn.sendall(struct.pack("!H", len(reply)) + reply)
        conn.close()


address = (sys.argv[1], int(sys.argv[2]))
threading.Thread(target=serve_tcp, args=(socket.create_server(address),)).start()
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(address)
print("DNS server on", address)
while True:
    query, client = sock.recvfrom(512)
    sock.sendto(answer(query), client)
