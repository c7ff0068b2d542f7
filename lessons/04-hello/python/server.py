"""Server has one conversation, and ends.

Usage: server.py [-addr HOST:PORT]
"""
import argparse
import socket
import sys

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:0")
host, _, port = parser.parse_args().addr.rpartition(":")

with socket.create_server((host, int(port))) as listener:
    print("listening on %s:%d" % listener.getsockname(), flush=True)
    conn, client = listener.accept()

# The listener is closed now: nobody else gets in.
with conn, conn.makefile("rb") as lines:
    try:
        line = lines.readline(1024)  # no endless line
    except OSError as err:
        sys.exit(f"server: {err}")
    if not line.endswith(b"\n"):
        sys.exit(f"server: no line, only {line[:64]}")
    print("%s:%d said" % client, line[:64])
    conn.sendall(b"The world never says hello back!\n")
