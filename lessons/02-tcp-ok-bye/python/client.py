"""Client sends what is typed, line by line, and prints each answer.

Usage: client.py [-addr HOST:PORT] [-timeout SECONDS]

It ends when the answer is bye, or at the end of input.
"""
import argparse
import socket
import sys

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:65432")
parser.add_argument("-timeout", type=float, default=5)
args = parser.parse_args()
host, _, port = args.addr.rpartition(":")

try:
    sock = socket.create_connection((host, int(port)), args.timeout)
    reply = None
    while reply != b"bye":
        message = input("> ").encode()
        if not message:
            continue  # TCP carries bytes, and here are none
        sock.sendall(message)
        reply = sock.recv(1024)
        if not reply:
            sys.exit("client: the server has hung up")
        print(reply, f"(length {len(reply)})")
except EOFError:
    print()  # Ctrl-D leaves the cursor behind the prompt
except OSError as err:  # refused, broken off, or no answer in time
    sys.exit(f"client: {err}: is the server running, and free?")
