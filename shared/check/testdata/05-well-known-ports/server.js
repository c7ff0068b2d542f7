const dgram = require('dgram');
const net = require('net');

const [host, base] = [process.argv[2], Number(process.argv[3])];
const services = {
  21: '220 course.test FTP server\r\n',
  22: 'SSH-2.0-BothEnds_1.0\r\n',
  25: '220 course.test ESMTP\r\n',
  80: '',
  110: '+OK POP3 server\r\n',
};
for (const [port, greeting] of Object.entries(services)) {
  net.createServer((conn) => {
    if (greeting) conn.write(greeting);
  }).listen(base + Number(port), host);
}
const tftp = dgram.createSocket('udp4');
tftp.on('message', (data, from) => {
  tftp.send('\0\x05\0\x04Illegal TFTP operation\0', from.port, from.address);
});
tftp.bind(base + 69, host, () => console.log('listening from', base, 'on'));
