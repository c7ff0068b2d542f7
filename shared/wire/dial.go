package wire

import (
	"net"
	"strings"
)

// Dialer returns a dialer to an address, HOST:PORT, that takes a port for this
// connection alone. Over TCP, one that connect picks may be picked again
// meanwhile, towards another address; one that bind picks may not.
func Dialer(network, addr string) *net.Dialer {
	d := new(net.Dialer)
	if network == "tcp" && strings.HasPrefix(addr, "127.0.0.1:") {
		d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	}
	return d
}
