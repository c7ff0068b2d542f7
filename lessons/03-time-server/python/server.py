"""Server tells everyone who connects the time.

Usage: server.py [-addr HOST:PORT]

It speaks first and reads nothing.
"""
import argparse
import socket
import time

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:10000")
host, _, port = parser.parse_args().addr.rpartition(":")

listener = socket.create_server((host, int(port)))
print("listening on %s:%d" % listener.getsockname(), flush=True)

while True:
    conn, address = listener.accept()
    with conn:  # and at its end, hang up
        now = time.ctime()
        print("%s:%d" % address, "connected:", now, flush=True)
        try:
            conn.sendall(f"{now}\n".encode())
        except OSError as err:  # it did not stay to hear it
            print("server:", err, flush=True)
