const dgram = require("dgram");
const fs = require("fs");
const [host, port] = process.argv.slice(2);

const lines = fs.readFileSync(0, "utf8").trimEnd().split("\n");
const socket = dgram.createSocket("udp4");

function next() {
  if (lines.length === 0) {
    socket.close();
    return;
  }
  socket.send(lines.shift(), Number(port), host);
}

socket.on("message", (msg) => {
  console.log("answer:", msg.toString());
  next();
});
next();
