import socket
import sys

server = socket.socket()
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen()
print("waiting on port", sys.argv[2])

conn, client = server.accept()
data = conn.recv(1024)
print(client, "said", data.decode())
conn.sendall(b"The world never says hello back!\n")
conn.close()
server.close()
