const net = require("net");
const [host, port] = process.argv.slice(2);

const socket = net.connect(port, host, () => {
  socket.write("Hello, World!\n");
});

socket.on("data", (data) => {
  console.log("answer:", data.toString());
  socket.end();
});
