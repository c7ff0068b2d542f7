"""Client sends UDP datagrams and prints the reply to each.

Usage: client.py [-addr HOST:PORT] [-timeout SECONDS] [MESSAGE ...]

Each message is sent as one datagram; without any, each line typed.
"""
import argparse
import socket
import sys

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:20000")
parser.add_argument("-timeout", type=float, default=5)
parser.add_argument("message", nargs="*")
args = parser.parse_args()
host, _, port = args.addr.rpartition(":")

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(args.timeout)
sock.connect((host, int(port)))  # from now on, only that server is heard


def ask(msg):
    sock.send(msg)
    reply = sock.recv(65535)
    print(msg, "replied", reply)


try:
    for text in args.message:
        ask(text.encode())
    while not args.message:
        ask(input("> ").encode())
except EOFError:
    print()  # Ctrl-D leaves the cursor behind the prompt
except OSError as err:  # refused, or no reply in time
    sys.exit(f"client: {err}: is the right server running?")
