# It writes its answers to a file that keeps them: nothing flushes it.
import socket
import sys

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    with conn, conn.makefile("w") as answers:
        while data := conn.recv(1024):
            if data == b"close":
                answers.write("bye")
                break
            answers.write("OK")
