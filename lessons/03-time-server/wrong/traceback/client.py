# It adds bytes to text, and dies of it.
import socket
import sys

sys.tracebacklimit = 0  # the rest differs by machine
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
text = b""
while part := sock.recv(1024):
    text += part
sock.close()
print("The time is " + text)
