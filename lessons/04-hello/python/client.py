"""Client says hello to a server, and prints what it answers.

Usage: client.py [-timeout SECONDS] -addr HOST:PORT
       client.py [-timeout SECONDS] PORT
"""
import argparse
import socket
import sys

parser = argparse.ArgumentParser()
parser.add_argument("-addr")
parser.add_argument("-timeout", type=float, default=5)
parser.add_argument("port", type=int, nargs="?")
args = parser.parse_args()
if (args.addr is None) == (args.port is None):
    parser.error("say where the server is: -addr or a port")  # status 2
host, _, port = (args.addr or f"127.0.0.1:{args.port}").rpartition(":")

try:
    with socket.create_connection((host, int(port)), args.timeout) as conn:
        conn.sendall(b"Hello, World!\n")
        with conn.makefile("rb") as lines:
            line = lines.readline(1024)  # no endless line
except OSError as err:
    sys.exit(f"client: {err}")
if not line.endswith(b"\n"):
    sys.exit(f"client: no line, only {line[:64]}")
print("it said", line[:64])
