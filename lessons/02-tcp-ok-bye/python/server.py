"""Server answers OK over TCP until its client says close.

Usage: server.py [-addr HOST:PORT]

It replies OK to every message, and bye to "close", after which it closes
the connection and serves the next client.
"""
import argparse
import socket

parser = argparse.ArgumentParser()
parser.add_argument("-addr", default="127.0.0.1:65432")
host, _, port = parser.parse_args().addr.rpartition(":")

listener = socket.create_server((host, int(port)))
print("listening on %s:%d" % listener.getsockname(), flush=True)


def serve(conn, client):
    print(client, "connected", flush=True)
    while data := conn.recv(1024):  # what one recv returns is a message
        reply = b"bye" if data == b"close" else b"OK"
        print(client, "sent", data[:64], f"(length {len(data)}):", reply, flush=True)
        conn.sendall(reply)
        if reply == b"bye":
            return
    print(client, "left", flush=True)


while True:
    conn, address = listener.accept()
    with conn:  # and at its end, hang up
        try:
            serve(conn, "%s:%d" % address)
        except OSError as err:  # it broke off: the next is waiting
            print("server:", err, flush=True)
