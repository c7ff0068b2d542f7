"""Client asks a server for the time, by connecting to it.

Usage: client.py [-addr HOST:PORT] [-timeout SECONDS]

It sends nothing. What the server sends until it hangs up is the time.
"""
import argparse
import socket
import sys

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:10000")
parser.add_argument("-timeout", type=float, default=5)
args = parser.parse_args()
host, _, port = args.addr.rpartition(":")

text = b""
try:
    sock = socket.create_connection((host, int(port)), args.timeout)
    while len(text) < 1024:  # no endless tale
        part = sock.recv(1024 - len(text))
        if not part:
            break  # the end: that was all
        text += part
except OSError as err:  # refused, broken off, or no end in time
    sys.exit(f"client: {err}: only {text} came")
print(text, f"(length {len(text)})")
