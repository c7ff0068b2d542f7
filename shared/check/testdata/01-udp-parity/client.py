import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server = (sys.argv[1], int(sys.argv[2]))

for line in sys.stdin:
    sock.sendto(line.strip().encode(), server)
    data, _ = sock.recvfrom(1024)
    print("answer:", data.decode())
sock.close()
