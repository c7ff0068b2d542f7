const dgram = require('dgram');

const [host, port, name] = process.argv.slice(2);
const types = [1, 28];
const sock = dgram.createSocket('udp4');
let query;

function ask() {
  const id = Math.floor(Math.random() * 65536);
  const labels = name.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)]));
  query = Buffer.concat([Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels,
    Buffer.from([0, 0, types.shift(), 0, 1])]);
  sock.send(query, Number(port), host);
}

sock.on('message', (reply) => {
  console.log(`code ${reply[3] & 15}, ${reply.readUInt16BE(6)} answers: ${reply.subarray(query.length).toString('hex')}`);
  if (types.length > 0) ask();
  else sock.close();
});
ask();
