"""Server answers each UDP datagram by the parity of its length.

Usage: server.py [-addr HOST:PORT]
"""
import argparse
import socket

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:20000")
host, _, port = parser.parse_args().addr.rpartition(":")

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((host, int(port)))
print("listening on %s:%d" % sock.getsockname(), flush=True)

while True:
    data, client = sock.recvfrom(65535)  # as large as a datagram can be
    reply = "OK" if len(data) % 2 == 0 else "Err"
    print("%s:%d sent" % client, data[:64], f"(length {len(data)}): {reply}", flush=True)
    sock.sendto(reply.encode(), client)
