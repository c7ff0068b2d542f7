# What it has no record of does not exist: it does not know that a name may
# exist and have nothing of that type.
import socket
import sys

zone = {  # name and type, and the data
    (b"\6course\4test\0", 1): b"\xc0\0\2\1",
    (b"\6course\4test\0", 28): bytes.fromhex("20010db8000000000000000000000001"),
    (b"\6course\4test\0", 15): b"\0\x0a\4mail\6course\4test\0",
    (b"\6course\4test\0", 16): b"\x0dHello, World!",
    (b"\4mail\6course\4test\0", 1): b"\xc0\0\2\x19",
    (b"\00225\0012\0010\003192\7in-addr\4arpa\0", 12): b"\4mail\6course\4test\0",
}
alias = b"\3www\6course\4test\0"


def answer(query):
    end = query.index(b"\0", 12) + 5
    name, kind = query[12:end - 4], query[end - 3]
    records = b""
    count, code = 0, 0
    if name == alias:
        name = b"\6course\4test\0"
        records = alias + b"\0\5\0\1\0\0\0\x3c" + bytes([0, len(name)]) + name
        count = 1
    if (name, kind) in zone:
        data = zone[name, kind]
        records += name + bytes([0, kind, 0, 1, 0, 0, 0, 60, 0, len(data)]) + data
        count += 1
    else:
        code = 3
    return query[:2] + bytes([0x84, code, 0, 1, 0, count, 0, 0, 0, 0]) + query[12:end] + records


sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], int(sys.argv[2])))
print("waiting for queries")
while True:
    query, client = sock.recvfrom(512)
    sock.sendto(answer(query), client)
