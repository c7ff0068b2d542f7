const dgram = require("dgram");
const [host, port] = process.argv.slice(2);

const socket = dgram.createSocket("udp4");

socket.on("message", (msg, client) => {
  console.log("client sent", msg.toString());
  const answer = msg.length % 2 === 0 ? "OK" : "Err";
  socket.send(answer, client.port, client.address);
});

socket.on("listening", () => console.log("waiting on port", port));
socket.bind(Number(port), host);
