const net = require("net");

const server = net.createServer((socket) => {
  console.log("Client connected");
  const [day, month, date, year] = new Date().toDateString().split(" ");
  const time = new Date().toTimeString().slice(0, 8);
  const padded = String(Number(date)).padStart(2, " ");
  socket.end(`${day} ${month} ${padded} ${time} ${year}\n`);
});

server.listen(Number(process.argv[3]), process.argv[2], () => {
  console.log("Server started");
});
