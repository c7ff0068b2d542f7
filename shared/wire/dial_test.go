package wire

import (
	"net"
	"testing"
)

// TestDialer checks that the port of a connection is one that bind picked:
// Linux gives such a port to nobody else, towards no other server.
func TestDialer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if d := Dialer("tcp", l.Addr().String()); d.LocalAddr == nil {
		t.Error("connect would pick the port")
	} else if c, err := d.Dial("tcp", l.Addr().String()); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
	for _, other := range [][2]string{{"udp", "127.0.0.1:9"}, {"tcp", "[::1]:9"}} {
		if d := Dialer(other[0], other[1]); d.LocalAddr != nil {
			t.Errorf("%s: bound to %v", other, d.LocalAddr)
		}
	}
}
