const net = require("net");
const [host, port] = process.argv.slice(2);

const server = net.createServer((socket) => {
  server.close();
  socket.on("data", (data) => {
    console.log("client said", data.toString());
    socket.end("The world never says hello back!\n");
  });
});

server.listen(port, host, () => console.log("waiting on port", port));
