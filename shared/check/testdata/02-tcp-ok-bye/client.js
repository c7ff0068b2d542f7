const net = require("net");
const readline = require("readline");

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const socket = net.connect(Number(process.argv[3]), process.argv[2]);

async function next() {
  const line = await lines.next();
  if (line.done) {
    socket.end();
  } else {
    socket.write(line.value);
  }
}

socket.on("connect", next);
socket.on("data", (data) => {
  console.log(data.toString());
  if (data.toString() === "bye") {
    socket.end();
    process.exit();
  }
  next();
});
