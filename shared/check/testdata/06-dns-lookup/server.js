const dgram = require('dgram');
const net = require('net');

const [host, port] = [process.argv[2], Number(process.argv[3])];

function encode(name) {
  return Buffer.concat([...name.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);
}

const zone = {
  'course.test': {
    1: Buffer.from([192, 0, 2, 1]),
    28: Buffer.from('20010db8000000000000000000000001', 'hex'),
    15: Buffer.concat([Buffer.from([0, 10]), encode('mail.course.test')]),
    16: Buffer.concat([Buffer.from([13]), Buffer.from('Hello, World!')]),
  },
  'mail.course.test': { 1: Buffer.from([192, 0, 2, 25]) },
  'www.course.test': { 5: encode('course.test') },
  '25.2.0.192.in-addr.arpa': { 12: encode('mail.course.test') },
};

function answer(query) {
  const labels = [];
  let i = 12;
  for (; query[i]; i += 1 + query[i]) labels.push(query.toString('latin1', i + 1, i + 1 + query[i]));
  const name = labels.join('.');
  const type = query.readUInt16BE(i + 1);
  let code = 0;
  let records = [];
  if (!name.endsWith('course.test') && !name.endsWith('2.0.192.in-addr.arpa')) code = 5;
  else if (!zone[name]) code = 3;
  else if (zone[name][5]) records = [[name, 5], ['course.test', type]];
  else if (zone[name][type]) records = [[name, type]];
  const header = Buffer.from([query[0], query[1], 0x84, code, 0, 1, 0, records.length, 0, 0, 0, 0]);
  const parts = [header, query.subarray(12, i + 5)];
  for (const [owner, t] of records) {
    const data = zone[owner][t];
    parts.push(encode(owner), Buffer.from([0, t, 0, 1, 0, 0, 0, 60, 0, data.length]), data);
  }
  return Buffer.concat(parts);
}

const udp = dgram.createSocket('udp4');
udp.on('message', (query, from) => udp.send(answer(query), from.port, from.address));
udp.bind(port, host);
net.createServer((conn) => {
  conn.on('data', (data) => {
    const reply = answer(data.subarray(2));
    conn.write(Buffer.concat([Buffer.from([0, reply.length]), reply]));
  });
}).listen(port, host, () => console.log(`DNS server on ${host}:${port}`));
