const net = require("net");

const socket = net.connect(Number(process.argv[3]), process.argv[2]);

socket.on("data", (data) => console.log("The time is " + data));
