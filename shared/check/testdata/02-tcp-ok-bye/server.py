import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((host, port))
s.listen(5)
print("Server started")
while True:
    conn, addr = s.accept()
    print("Connected by", addr)
    while True:
        data = conn.recv(1024)
        if not data:
            break
        msg = data.decode()
        print("Received:", msg)
        if msg == "close":
            conn.send("bye".encode())
            break
        conn.send("OK".encode())
    conn.close()
