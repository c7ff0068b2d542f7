package lessons

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests in this file and in facts_linux_test.go prove what the pages say
// about ports, closing and bytes. Each one's comment is the fact.

// patience is how long a test waits for what must come. No test waits in vain.
const patience = 10 * time.Second

// listenTCP returns a listener at a free port of 127.0.0.1.
func listenTCP(tb testing.TB) *net.TCPListener {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	ok(tb, err)
	tb.Cleanup(func() { l.Close() })
	ok(tb, l.SetDeadline(time.Now().Add(patience)))
	return l
}

// dialTCP connects to an address.
func dialTCP(tb testing.TB, to net.Addr) *net.TCPConn {
	c, err := net.DialTimeout("tcp", to.String(), patience)
	ok(tb, err)
	tb.Cleanup(func() { c.Close() })
	ok(tb, c.SetDeadline(time.Now().Add(patience)))
	return c.(*net.TCPConn)
}

// accept returns the server's end of a client's connection. Another program
// may have dialled the same port by mistake; it is not ours.
func accept(tb testing.TB, l net.Listener, client net.Conn) *net.TCPConn {
	for {
		c, err := l.Accept()
		ok(tb, err)
		tb.Cleanup(func() { c.Close() })
		if c.RemoteAddr().String() == client.LocalAddr().String() {
			ok(tb, c.SetDeadline(time.Now().Add(patience)))
			return c.(*net.TCPConn)
		}
	}
}

// pair returns both ends of a connection.
func pair(tb testing.TB) (client, server *net.TCPConn) {
	l := listenTCP(tb)
	client = dialTCP(tb, l.Addr())
	return client, accept(tb, l, client)
}

// listenUDP returns a UDP socket at a free port of 127.0.0.1.
func listenUDP(tb testing.TB) *net.UDPConn {
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	ok(tb, err)
	tb.Cleanup(func() { c.Close() })
	ok(tb, c.SetDeadline(time.Now().Add(patience)))
	return c
}

// dialUDP returns a UDP socket that is connected to an address.
func dialUDP(tb testing.TB, to net.Addr) *net.UDPConn {
	c, err := net.Dial("udp", to.String())
	ok(tb, err)
	tb.Cleanup(func() { c.Close() })
	ok(tb, c.SetDeadline(time.Now().Add(patience)))
	return c.(*net.UDPConn)
}

func ok(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func send(tb testing.TB, c net.Conn, msg string) {
	tb.Helper()
	if n, err := c.Write([]byte(msg)); n != len(msg) || err != nil {
		tb.Fatalf("wrote %d of %d bytes, and %v", n, len(msg), err)
	}
}

// want checks what one Read returns.
func want(tb testing.TB, c net.Conn, msg string) {
	tb.Helper()
	buf := make([]byte, 1024)
	n, err := c.Read(buf)
	if string(buf[:n]) != msg || err != nil {
		tb.Fatalf("read %q and %v, want %q", buf[:n], err, msg)
	}
}

// wantEnd checks that a Read returns io.EOF.
func wantEnd(tb testing.TB, c net.Conn) {
	tb.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		tb.Fatalf("read %d bytes and %v, want the end of the stream", n, err)
	}
}

// wantReset checks that a Read fails because the connection was reset.
func wantReset(tb testing.TB, c net.Conn) {
	tb.Helper()
	const windows = syscall.Errno(10054) // WSAECONNRESET
	n, err := c.Read(make([]byte, 1))
	if n != 0 || !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, windows) {
		tb.Fatalf("read %d bytes and %v, want a reset", n, err)
	}
}

// The socket that Accept returns has the listener's own address and port. All
// the server's connections share it; the clients' ends tell them apart.
func TestTCPAcceptedSocketKeepsPort(t *testing.T) {
	t.Parallel()
	l := listenTCP(t)
	one, two := dialTCP(t, l.Addr()), dialTCP(t, l.Addr())
	for _, client := range []net.Conn{one, two} {
		server := accept(t, l, client)
		if server.LocalAddr().String() != l.Addr().String() {
			t.Errorf("accepted at %v by a listener at %v", server.LocalAddr(), l.Addr())
		}
		if server.LocalAddr().String() != client.RemoteAddr().String() {
			t.Errorf("the server is at %v, its client connected to %v", server.LocalAddr(), client.RemoteAddr())
		}
	}
	if one.LocalAddr().String() == two.LocalAddr().String() {
		t.Errorf("both clients are at %v", one.LocalAddr())
	}
}

// The kernel makes connections on the server's behalf. A client is connected,
// and can send, before Accept is called.
func TestTCPConnectedBeforeAccept(t *testing.T) {
	t.Parallel()
	l := listenTCP(t)
	client := dialTCP(t, l.Addr())
	send(t, client, "hello")
	want(t, accept(t, l, client), "hello")
}

// Closing a listener does not end the connections that it has accepted.
func TestTCPConnectionOutlivesListener(t *testing.T) {
	t.Parallel()
	l := listenTCP(t)
	client := dialTCP(t, l.Addr())
	server := accept(t, l, client)
	ok(t, l.Close())
	send(t, client, "still there?")
	want(t, server, "still there?")
	send(t, server, "yes")
	want(t, client, "yes")
}

// A listener that is closed resets the connections that wait in its queue.
func TestTCPListenerClosedResetsQueue(t *testing.T) {
	t.Parallel()
	l := listenTCP(t)
	client := dialTCP(t, l.Addr())
	ok(t, l.Close())
	wantReset(t, client)
}

// What was sent before the end of a stream arrives before it, although the
// sender has closed its socket long ago.
func TestTCPDataBeforeEndArrives(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, server, "bye")
	ok(t, server.Close())
	want(t, client, "bye")
	wantEnd(t, client)
}

// A half-close ends one direction only: who has said that there is no more to
// send can still read the answer.
func TestTCPHalfClose(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, client, "all I have")
	ok(t, client.CloseWrite())
	want(t, server, "all I have")
	wantEnd(t, server)
	send(t, server, "an answer")
	want(t, client, "an answer")
}

// Who closes a TCP socket in which unread data lies sends a reset instead of
// the end of the stream.
func TestTCPUnreadDataResets(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, client, "two")
	_, err := server.Read(make([]byte, 1)) // the rest has arrived, too
	ok(t, err)
	ok(t, server.Close())
	wantReset(t, client)
}

// What one Write sent may take several Reads: a Read returns no more than its
// buffer holds, and what is left stays for the next.
func TestTCPReadLeavesTheRest(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, client, "hello")
	buf := make([]byte, 4)
	n, err := server.Read(buf)
	if n != 4 || err != nil {
		t.Fatalf("read %d bytes and %v, want 4", n, err)
	}
	want(t, server, "o")
}

// Over TCP, writing no bytes sends nothing, and the other end does not wake up.
func TestTCPEmptyWriteSendsNothing(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, client, "")
	send(t, client, "x")
	want(t, server, "x")
}

// Write returns when the kernel has taken all bytes, however many, or with an
// error: it is Python's sendall, not its send.
func TestTCPWriteIsWhole(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	const size = 8 << 20 // more than the two kernels keep
	got := make(chan int64)
	go func() {
		n, _ := io.Copy(io.Discard, server)
		got <- n
	}()
	n, err := client.Write(make([]byte, size))
	if n != size || err != nil {
		t.Errorf("wrote %d bytes and %v, want %d", n, err, size)
	}
	ok(t, client.Close())
	if n := <-got; n != size {
		t.Errorf("%d bytes arrived, want %d", n, size)
	}
}

// Over TCP nothing is thrown away: if the other end does not read, Write waits. A
// Write that a deadline ends returns how many bytes the kernel has taken.
func TestTCPFullQueueStopsWriter(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	const size = 64 << 20 // more than the two kernels keep
	type result struct {
		n   int
		err error
	}
	done := make(chan result)
	go func() {
		n, err := client.Write(make([]byte, size))
		done <- result{n, err}
	}()
	_, err := server.Read(make([]byte, 1)) // it has begun
	ok(t, err)
	ok(t, client.SetWriteDeadline(time.Unix(1, 0)))
	r := <-done
	if r.n == 0 || r.n == size || !errors.Is(r.err, os.ErrDeadlineExceeded) {
		t.Errorf("wrote %d of %d bytes and %v, want some and a timeout", r.n, size, r.err)
	}
}

// A deadline that has passed makes Read fail even if data is there, and breaks
// nothing: with a later deadline the data can be read.
func TestTCPDeadlineBreaksNothing(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, client, "hello")
	ok(t, server.SetReadDeadline(time.Unix(1, 0)))
	n, err := server.Read(make([]byte, 8))
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes and %v, want a timeout", n, err)
	}
	ok(t, server.SetReadDeadline(time.Now().Add(patience)))
	want(t, server, "hello")
}

// In Go, closing a socket ends a Read that waits on it in another goroutine.
func TestTCPCloseEndsRead(t *testing.T) {
	t.Parallel()
	client, _ := pair(t)
	failed := make(chan error)
	go func() {
		_, err := client.Read(make([]byte, 1))
		failed <- err
	}()
	ok(t, client.Close())
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Read returned %v, want net.ErrClosed", err)
	}
}

// A UDP address, the port included, has room for one socket.
func TestUDPAddressHasRoomForOne(t *testing.T) {
	t.Parallel()
	first := listenUDP(t)
	second, err := net.ListenPacket("udp", first.LocalAddr().String())
	if err == nil {
		second.Close()
		t.Errorf("two sockets at %v", first.LocalAddr())
	}
}

// An empty datagram arrives: n is 0, there is no error, and the sender is known.
func TestUDPEmptyDatagramArrives(t *testing.T) {
	t.Parallel()
	server := listenUDP(t)
	client := dialUDP(t, server.LocalAddr())
	send(t, client, "")
	n, from, err := server.ReadFrom(make([]byte, 8))
	if n != 0 || err != nil || from.String() != client.LocalAddr().String() {
		t.Errorf("read %d bytes from %v and %v, want none from %v", n, from, err, client.LocalAddr())
	}
}

// A datagram that is larger than the buffer is cut, and its rest is gone. On
// Linux and macOS nobody says so: n is the buffer's length, and err is nil.
func TestUDPDatagramIsCut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows says so")
	}
	t.Parallel()
	server := listenUDP(t)
	client := dialUDP(t, server.LocalAddr())
	send(t, client, "three")
	send(t, client, "four")
	buf := make([]byte, 4)
	for _, want := range []string{"thre", "four"} {
		n, _, err := server.ReadFrom(buf)
		if string(buf[:n]) != want || err != nil {
			t.Errorf("read %q and %v, want %q", buf[:n], err, want)
		}
	}
}

// A connected UDP socket takes datagrams from the address that it was connected
// to, and from nobody else.
func TestUDPConnectedRefusesStrangers(t *testing.T) {
	t.Parallel()
	server, stranger := listenUDP(t), listenUDP(t)
	client := dialUDP(t, server.LocalAddr())
	for range 3 {
		_, err := stranger.WriteTo([]byte("psst"), client.LocalAddr())
		ok(t, err)
		_, err = server.WriteTo([]byte("hello"), client.LocalAddr())
		ok(t, err)
		want(t, client, "hello")
	}
}

// Over UDP, Dial sends nothing. What arrives first is what was written first.
func TestUDPDialSendsNothing(t *testing.T) {
	t.Parallel()
	server := listenUDP(t)
	client := dialUDP(t, server.LocalAddr())
	send(t, client, "hello")
	want(t, server, "hello")
}

// Go refuses some things by itself, in its own words, alike on every system.
func TestWordsOfGo(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, client, "hi")
	ok(t, client.CloseWrite())
	_, short := io.ReadFull(server, make([]byte, 3))
	ok(t, client.Close())
	_, closed := client.Write([]byte("hi"))
	_, pre := dialUDP(t, listenUDP(t).LocalAddr()).WriteTo([]byte("hi"), listenUDP(t).LocalAddr())
	_, network := net.Dial("tpc", "127.0.0.1:80")
	_, kind := net.Listen("udp", "127.0.0.1:80")
	for want, err := range map[string]error{
		"unexpected EOF":                               short,
		"use of closed network connection":             closed,
		"use of WriteTo with pre-connected connection": pre,
		"unknown network tpc":                          network,
		"unexpected address type":                      kind,
	} {
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A socket that the program itself has closed says so, whatever is asked of it.
func Example_useOfClosed() {
	//weave:begin closed
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	listener.Close()
	_, err = listener.Accept()
	fmt.Println(errors.Unwrap(err))
	fmt.Println(errors.Is(err, net.ErrClosed))
	// Output:
	// use of closed network connection
	// true
	//weave:end closed
}
