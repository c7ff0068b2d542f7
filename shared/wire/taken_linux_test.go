package wire

import (
	"net"
	"testing"
	"time"
)

// ends are the addresses of a connection.
type ends struct {
	net.Conn
	local, remote net.Addr
}

func (e ends) LocalAddr() net.Addr  { return e.local }
func (e ends) RemoteAddr() net.Addr { return e.remote }

// TestTakenElsewhere checks that nobody waits for what cannot be known.
func TestTakenElsewhere(t *testing.T) {
	t.Parallel()
	four, six := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, &net.TCPAddr{IP: net.IPv6loopback, Port: 1}
	for _, c := range []ends{{local: six, remote: six}, {local: four, remote: six}, {local: six, remote: four}, {local: four, remote: four}} {
		done := make(chan struct{})
		go func() {
			taken(c, time.Hour)
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Errorf("%v to %v: it waits", c.local, c.remote)
		}
	}
}

// TestTaken checks that what was written waits to be read, and no longer.
func TestTaken(t *testing.T) {
	t.Parallel()
	from, to := connect(t, "127.0.0.1:0", "127.0.0.1")
	write(t, from, "a")
	const most = 50 * time.Millisecond
	began := time.Now()
	if taken(from, most); time.Since(began) < most {
		t.Error("what nobody has read is taken")
	}
	done := make(chan struct{})
	go func() {
		taken(from, time.Hour)
		close(done)
	}()
	read(t, to, "a")
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("what was read is not taken")
	}
}
