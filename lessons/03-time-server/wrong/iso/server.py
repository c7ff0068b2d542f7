# Its time is right and written in another way.
import socket
import sys
from datetime import datetime

listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("waiting on port", sys.argv[2])
while True:
    conn, client = listener.accept()
    now = datetime.now().replace(microsecond=0)
    conn.sendall(f"{now}\n".encode())
    conn.close()
