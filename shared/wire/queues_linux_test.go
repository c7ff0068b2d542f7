package wire

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// connect makes a connection, to a host at which a listener is to be found.
func connect(t *testing.T, listen, host string) (from, to *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	c, err := net.Dial("tcp", net.JoinHostPort(host, port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

func TestQueues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ listen, dial string }{
		{"127.0.0.1:0", "127.0.0.1"},
		{"[::1]:0", "::1"},
		{"[::]:0", "127.0.0.1"}, // both have addresses of IPv4
	} {
		from, to := connect(t, test.listen, test.dial)
		write(t, from, "abc")
		read(t, to, "a")
		to.CloseWrite() // its end says, too, that "abc" has come
		readEnd(t, from, "")
		if _, unread, ok, err := Queues(to.LocalAddr(), to.RemoteAddr()); unread != 2 || !ok || err != nil {
			t.Errorf("%s: unread %v, %v, %v", test.listen, unread, ok, err)
		}
		if unsent, unread, ok, err := Queues(from.LocalAddr(), from.RemoteAddr()); unsent != 0 || unread != 0 && unread != 1 || !ok || err != nil {
			t.Errorf("%s: the client's are %v and %v, %v, %v", test.listen, unsent, unread, ok, err)
		}
		go func() { // writes more than both ends have room for
			for err := error(nil); err == nil; {
				_, err = from.Write(make([]byte, 64<<10))
			}
		}()
		for end := time.Now().Add(20 * time.Second); ; {
			unsent, _, ok, err := Queues(from.LocalAddr(), from.RemoteAddr())
			if unsent > 0 {
				break
			}
			if !ok || err != nil || time.Now().After(end) {
				t.Fatalf("%s: unsent %v, %v, %v", test.listen, unsent, ok, err)
			}
		}
		// Once reset, they are gone; the listener, which has the same port, is not meant.
		from.SetLinger(0)
		from.Close()
		if _, _, ok, err := Queues(from.LocalAddr(), from.RemoteAddr()); ok || err != nil {
			t.Errorf("%s: gone: %v, %v", test.listen, ok, err)
		}
		if _, err := io.Copy(io.Discard, to); err == nil {
			t.Errorf("%s: no reset has come", test.listen)
		}
		if _, _, ok, err := Queues(to.LocalAddr(), to.RemoteAddr()); ok || err != nil {
			t.Errorf("%s: reset: %v, %v", test.listen, ok, err)
		}
	}
	if _, _, _, err := Queues(&net.UDPAddr{}, &net.UDPAddr{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("of UDP: %v", err)
	}
}
