"""Server answers DNS queries about names of its own, in course.test.

Usage: server.py [-addr HOST:PORT]

It listens on one port, over UDP and over TCP. Other people's names it
refuses. It knows nothing of EDNS: over UDP, a reply has 512 bytes at most.
"""
import argparse
import socket
import struct
import threading

A, NS, CNAME, SOA, PTR, MX, TXT, AAAA = 1, 2, 5, 6, 12, 15, 16, 28
CODES = {0: "NOERROR", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


def pack(name):
    """A name on the wire: each part with its length before it, then a zero."""
    return b"".join(struct.pack("B", len(part)) + part.encode() for part in name.split(".") if part) + b"\0"


records = []  # owner, type and data


def host(name, first, last):
    """Give a name the addresses 192.0.2.first to last, and their way back."""
    for n in range(first, last + 1):
        records.append((name, A, bytes([192, 0, 2, n])))
        records.append((f"{n}.2.0.192.in-addr.arpa.", PTR, pack(name)))


ZONES = ["course.test.", "2.0.192.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."]
for zone in ZONES:
    numbers = struct.pack("!IIIII", 1, 3600, 600, 86400, 60)
    records.append((zone, SOA, pack("course.test.") + pack("mail.course.test.") + numbers))
    records.append((zone, NS, pack("course.test.")))
host("course.test.", 1, 1)
host("mail.course.test.", 25, 25)
host("many.course.test.", 61, 100)
host("long.course.test.", 101, 200)
records += [
    ("course.test.", AAAA, socket.inet_pton(socket.AF_INET6, "2001:db8::1")),
    ("1." + 23 * "0." + ZONES[2], PTR, pack("course.test.")),
    ("course.test.", MX, struct.pack("!H", 10) + pack("mail.course.test.")),
    ("course.test.", TXT, b"\x0dHello, World!"),
    ("www.course.test.", CNAME, pack("course.test.")),
]


def under(name, top):
    return ("." + name).endswith("." + top)


def lookup(name, kind):
    """The code, the answers, and the SOA if there are none."""
    zones = [zone for zone in ZONES if under(name, zone)]
    if not zones:
        return 5, [], []
    for owner, t, data in records:
        if owner == name and t == CNAME and kind != CNAME:
            code, answers, soa = lookup("course.test.", kind)  # our one alias leads there
            return code, [(name, CNAME, data)] + answers, soa
    found = [r for r in records if r[0] == name and r[1] == kind]
    exists = any(under(owner, name) for owner, _, _ in records)
    soa = [r for r in records if r[0] == zones[0] and r[1] == SOA]
    return (0 if exists else 3), found, ([] if found else soa)


def answer(query, most):
    """The reply to a query, or None if there is to be none."""
    ident, flags, questions = struct.unpack("!HHH", query[:6])
    if flags & 0x8000 or questions != 1:
        return None  # never answer an answer
    parts, at = [], 12
    while query[at]:  # the name: parts, up to the zero
        parts.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
        at += 1 + query[at]
    name, end = ".".join(parts) + ".", at + 5
    kind, klass = struct.unpack("!HH", query[at + 1:end])
    code, answers, authorities = lookup(name.lower(), kind) if klass == 1 else (5, [], [])
    if flags & 0x7800:  # it is no query
        code, answers, authorities = 4, [], []
    body = b""
    for owner, t, data in answers + authorities:
        body += pack(owner) + struct.pack("!HHIH", t, 1, 60, len(data)) + data
    truncated = end + len(body) > most
    if truncated:
        answers, authorities, body = [], [], b""
    outcome = "truncated" if truncated else f"answers: {len(answers)}"
    print(f"{name!r} {kind}: {CODES[code]}, {outcome}", flush=True)
    flags = 0x8400 | flags & 0x7900 | truncated * 0x0200 | code
    return struct.pack("!6H", ident, flags, 1, len(answers), len(authorities), 0) + query[12:end] + body


def serve(conn):
    """Answer one TCP client: two bytes before each message say how long it is."""
    with conn, conn.makefile("rb") as stream:
        conn.settimeout(5)
        try:
            while size := stream.read(2):
                reply = answer(stream.read(struct.unpack("!H", size)[0]), 65535)
                conn.sendall(struct.pack("!H", len(reply)) + reply)
        except (OSError, TypeError, struct.error, IndexError):
            pass  # it has left, or knows no DNS


def accept(listener):
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=serve, args=(conn,), daemon=True).start()


parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:5300")
addr, _, port = parser.parse_args().addr.rpartition(":")
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((addr, int(port)))
tcp = socket.create_server(udp.getsockname())
print("listening on %s:%d" % udp.getsockname(), flush=True)
threading.Thread(target=accept, args=(tcp,), daemon=True).start()
while True:
    query, client = udp.recvfrom(65535)
    try:
        if reply := answer(query, 512):
            udp.sendto(reply, client)
    except (struct.error, IndexError) as err:
        print("%s:%d sent no query:" % client, err, flush=True)
