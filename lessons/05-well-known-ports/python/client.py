"""Client prints the well-known ports, and tries them on a machine.

Usage: client.py [-addr HOST:BASE] [-timeout SECONDS]

With -addr it tries BASE+S for each port S of the table.
"""
import argparse
import socket
from concurrent.futures import ThreadPoolExecutor

PORTS = [(n, "tcp") for n in (20, 21, 22, 23, 25, 53, 80, 110, 143, 443, 465, 587, 993, 5432, 6379)]
PORTS = sorted(PORTS + [(n, "udp") for n in (53, 69, 123)])

parser = argparse.ArgumentParser()
parser.add_argument("-addr")
parser.add_argument("-timeout", type=float, default=5)
args = parser.parse_args()


def find(port, network):
    """What is at a port."""
    host, _, base = args.addr.rpartition(":")
    kind = socket.SOCK_STREAM if network == "tcp" else socket.SOCK_DGRAM
    silent, otherwise = "no answer", "closed"
    with socket.socket(socket.AF_INET, kind) as sock:
        try:
            sock.settimeout(args.timeout * 4 / 5)
            sock.connect((host, int(base) + port))
            sock.settimeout(args.timeout / 5)
            if network == "udp":
                sock.send(b"hello")  # nobody greets us over UDP
            else:
                silent, otherwise = "open, waits for us to speak", "open, hangs up"
            said = sock.recv(65535)
            if said:
                return f"open: {said[:64]} (length {len(said)})"
        except TimeoutError:
            return silent
        except OSError:  # refused, or broken off
            pass
    return otherwise


def name(port, network):
    try:
        return socket.getservbyport(port, network)
    except OSError:
        return "?"


def row(p, called):
    return f"{p[0]}/{p[1]}".ljust(10) + called.ljust(13) + (find(*p) if args.addr else "")


names = [name(*p) for p in PORTS]  # not in threads: C has room for one answer
with ThreadPoolExecutor(len(PORTS)) as pool:
    for line in pool.map(row, PORTS, names):  # all at once, and yet in order
        print(line)
