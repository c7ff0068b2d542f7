const dgram = require('dgram');
const net = require('net');

const [host, base] = [process.argv[2], Number(process.argv[3])];
for (const port of [20, 21, 22, 23, 25, 53, 80, 110, 143, 443, 465, 587, 993, 5432, 6379]) {
  const conn = net.connect(base + port, host);
  conn.setTimeout(1000);
  conn.on('data', (data) => {
    console.log(port, 'open:', data.toString());
    conn.destroy();
  });
  conn.on('timeout', () => {
    console.log(port, 'waits for us');
    conn.destroy();
  });
  conn.on('error', () => console.log(port, 'closed'));
}
const udp = dgram.createSocket('udp4');
for (const port of [53, 69, 123]) udp.send('hello', base + port, host);
udp.on('message', (data, from) => console.log(from.port - base, 'over UDP:', data.toString()));
setTimeout(() => udp.close(), 1500);
