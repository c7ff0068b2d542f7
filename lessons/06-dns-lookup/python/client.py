"""Client prints the addresses of a host, and the names of those addresses.

Usage: client.py [-addr HOST:PORT] [-timeout SECONDS] [NAME]

It asks the system, or the DNS server at -addr.
"""
import argparse
import secrets
import socket
import struct
import sys
import time

A, CNAME, PTR, AAAA = 1, 5, 12, 28

parser = argparse.ArgumentParser()
parser.add_argument("-addr")
parser.add_argument("-timeout", type=float, default=5)
parser.add_argument("name", nargs="?", default="www.course.test")
args = parser.parse_args()
until = time.monotonic() + args.timeout


def left():
    """How many seconds there are left for all answers together."""
    return max(until - time.monotonic(), 0.001)


def pack(name):
    """A name on the wire: each part with its length before it, then a zero."""
    return b"".join(struct.pack("B", len(part)) + part for part in name.encode().split(b".") if part) + b"\0"


def unpack(msg, at):
    """The name at a place of a message, and where it ends."""
    parts, end, start = [], 0, at
    while msg[at]:
        if msg[at] >= 0xC0:  # a pointer: it goes on there, further back
            end = end or at + 2
            at = struct.unpack("!H", msg[at:at + 2])[0] & 0x3FFF
            if at >= start:
                raise ValueError("a name points to itself")
            start = at
        else:
            parts.append(msg[at + 1:at + 1 + msg[at]].decode("latin-1"))
            at += 1 + msg[at]
    return ".".join(parts) + ".", end or at + 1


def over_tcp(query):
    """The reply to a query that had no room in a datagram."""
    with socket.create_connection(server, left()) as conn, conn.makefile("rb") as stream:
        conn.sendall(struct.pack("!H", len(query)) + query)
        return stream.read(struct.unpack("!H", stream.read(2))[0])


def ask(name, kind):
    """The records that a server answers with: type and data of each."""
    ident = secrets.randbelow(65536)
    query = struct.pack("!6H", ident, 0x0100, 1, 0, 0, 0) + pack(name) + struct.pack("!HH", kind, 1)
    udp.send(query)
    reply = b""
    while len(reply) < 12 or reply[:2] != query[:2] or not reply[2] & 0x80:  # not ours
        udp.settimeout(left())
        reply = udp.recv(65535)
    if reply[2] & 0x02:  # truncated
        reply = over_tcp(query)
    if reply[3] & 15 not in (0, 3):
        raise ValueError(f"the server answers with code {reply[3] & 15}")
    found = []
    at = unpack(reply, 12)[1] + 4  # behind the question
    for _ in range(struct.unpack("!H", reply[6:8])[0]):
        at = unpack(reply, at)[1] + 10
        t, _, _, size = struct.unpack("!HHIH", reply[at - 10:at])
        data = reply[at:at + size]
        if t in (CNAME, PTR):
            data = unpack(reply, at)[0]
        elif t in (A, AAAA):
            data = socket.inet_ntop(socket.AF_INET if t == A else socket.AF_INET6, data)
        found.append((t, data))
        at += size
    return found


def backwards(address):
    """The name under which the name of an address is kept."""
    if ":" not in address:
        return ".".join(reversed(address.split("."))) + ".in-addr.arpa"
    return ".".join(reversed(socket.inet_pton(socket.AF_INET6, address).hex())) + ".ip6.arpa"


try:
    if not args.addr:  # the system does it all
        for family, kind, protocol, canonical, where in socket.getaddrinfo(args.name, "domain"):
            print(family.name, kind.name, *where[:2])
        sys.exit()
    host, _, port = args.addr.rpartition(":")
    server = host, int(port)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect(server)  # from now on, only that server is heard
    found = ask(args.name, A) + ask(args.name, AAAA)
    addresses = [data for kind, data in found if kind in (A, AAAA)][:8]
    if not addresses:
        sys.exit(f"client: {args.name!r}: no such host, or it has no address")
    print("canonical name:", repr(dict(found).get(CNAME, args.name)))
    for address in addresses:
        print(address, "is called", *(repr(data) for _, data in ask(backwards(address), PTR)))
except (OSError, ValueError, struct.error, IndexError) as err:
    sys.exit(f"client: {err}: is the right server running?")
