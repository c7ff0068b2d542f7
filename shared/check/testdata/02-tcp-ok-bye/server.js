const net = require("net");

const server = net.createServer((socket) => {
  console.log("Client connected");
  socket.on("data", (data) => {
    const msg = data.toString();
    console.log("Received: " + msg);
    if (msg === "close") {
      socket.end("bye");
    } else {
      socket.write("OK");
    }
  });
  socket.on("end", () => console.log("Client left"));
});

server.listen(Number(process.argv[3]), process.argv[2], () => {
  console.log("Server started");
});
