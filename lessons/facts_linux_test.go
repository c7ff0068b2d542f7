package lessons

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// ours returns an address of this machine with port 0 that, in all likelihood,
// no other program uses: on Linux all of 127.0.0.0/8 is loopback.
func ours() string {
	return fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
}

// control calls f with a socket's file descriptor.
func control(tb testing.TB, c syscall.Conn, f func(fd int)) {
	raw, err := c.SyscallConn()
	ok(tb, err)
	ok(tb, raw.Control(func(fd uintptr) { f(int(fd)) }))
}

// option returns the value of a socket option.
func option(tb testing.TB, c syscall.Conn, level, name int) (value int) {
	control(tb, c, func(fd int) {
		var err error
		value, err = unix.GetsockoptInt(fd, level, name)
		ok(tb, err)
	})
	return value
}

// queue returns how many connections wait in a listener's queue, and the
// backlog that it was given.
func queue(tb testing.TB, l syscall.Conn) (waiting, backlog int) {
	control(tb, l, func(fd int) {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		ok(tb, err)
		waiting, backlog = int(info.Unacked), int(info.Sacked)
	})
	return waiting, backlog
}

// await returns when the kernel has done what was asked of it.
func await(tb testing.TB, what string, done func() bool) {
	tb.Helper()
	for end := time.Now().Add(patience); !done(); {
		if time.Now().After(end) {
			tb.Fatal("in vain: ", what)
		}
	}
}

// poll returns when one of the events has come to a socket, or its end.
func poll(tb testing.TB, c syscall.Conn, events int16) {
	tb.Helper()
	control(tb, c, func(fd int) {
		for {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, int(patience.Milliseconds()))
			if errors.Is(err, unix.EINTR) {
				continue
			}
			ok(tb, err)
			if n != 1 {
				tb.Fatal("in vain: an event")
			}
			return
		}
	})
}

// states returns the states in which the kernel has TCP sockets with a local
// and a remote address, as /proc/net/tcp numbers them.
func states(tb testing.TB, local, remote net.Addr) (found []string) {
	f, err := os.Open("/proc/net/tcp")
	ok(tb, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if fields[1] == hexAddr(local) && fields[2] == hexAddr(remote) {
			found = append(found, fields[3])
		}
	}
	return found
}

const timeWait = "06"

// hexAddr writes an address as /proc/net/tcp does.
func hexAddr(a net.Addr) string {
	addr := a.(*net.TCPAddr)
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(addr.IP.To4()), addr.Port)
}

// On Linux, listen(n) makes a queue for n+1 connections. When it is full,
// connections are not refused: what asks for one is thrown away, the client
// asks again, and in the end it gives up. There is room again after an Accept.
func TestTCPBacklog(t *testing.T) {
	t.Parallel()
	for _, backlog := range []int{0, 1, 4} {
		t.Run(strconv.Itoa(backlog), func(t *testing.T) {
			t.Parallel()
			l := listenTCP(t)
			control(t, l, func(fd int) { ok(t, unix.Listen(fd, backlog)) }) // over Go's
			var clients []net.Conn
			for i := range backlog + 1 {
				clients = append(clients, dialTCP(t, l.Addr()))
				await(t, "connection in the queue", func() bool {
					waiting, _ := queue(t, l)
					return waiting == i+1
				})
			}
			c, err := net.DialTimeout("tcp", l.Addr().String(), 50*time.Millisecond)
			if err == nil {
				c.Close()
				t.Fatalf("client %d of a backlog of %d is connected", backlog+2, backlog)
			}
			if e := net.Error(nil); !errors.As(err, &e) || !e.Timeout() {
				t.Errorf("client %d of a backlog of %d: %v, want a timeout", backlog+2, backlog, err)
			}
			accept(t, l, clients[0])
			send(t, dialTCP(t, l.Addr()), "hello")
		})
	}
}

// Go asks for the longest queue that Linux allows: net.core.somaxconn, which is
// 4096 unless somebody changed it.
func TestTCPBacklogOfGo(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("this kernel does not tell")
	}
	ok(t, err)
	_, backlog := queue(t, listenTCP(t))
	if want := strings.TrimSpace(string(text)); strconv.Itoa(backlog) != want {
		t.Errorf("the backlog is %d, want %s", backlog, want)
	}
}

// TIME_WAIT stays with the end that closes first. The other end keeps nothing.
func TestTCPTimeWait(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"client", "server"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			client, server := pair(t)
			first, last := client, server
			if who == "server" {
				first, last = server, client
			}
			a, b := first.LocalAddr(), last.LocalAddr()
			ok(t, first.Close())
			wantEnd(t, last)
			ok(t, last.Close())
			await(t, "TIME_WAIT at the end that closed first", func() bool {
				s := states(t, a, b)
				return len(s) == 1 && s[0] == timeWait
			})
			await(t, "nothing at the other end", func() bool { return states(t, b, a) == nil })
		})
	}
}

// After a reset neither end keeps anything: there is no TIME_WAIT.
func TestTCPResetLeavesNothing(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	a, b := client.LocalAddr(), server.LocalAddr()
	ok(t, client.SetLinger(0)) // Close will send a reset
	ok(t, client.Close())
	wantReset(t, server)
	ok(t, server.Close())
	if s := append(states(t, a, b), states(t, b, a)...); s != nil {
		t.Errorf("sockets in states %v are left", s)
	}
}

// A server that has closed a connection first leaves its port in TIME_WAIT. To
// bind it again takes SO_REUSEADDR. Go's Listen sets it; without it the system
// says "address already in use", although nobody listens.
func TestTCPListenDespiteTimeWait(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", ours())
	ok(t, err)
	defer l.Close()
	client := dialTCP(t, l.Addr())
	server := accept(t, l, client)
	ok(t, server.Close())
	wantEnd(t, client)
	ok(t, client.Close())
	ok(t, l.Close())
	await(t, "TIME_WAIT at the server", func() bool {
		s := states(t, server.LocalAddr(), client.LocalAddr())
		return len(s) == 1 && s[0] == timeWait
	})

	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	ok(t, err)
	defer unix.Close(fd)
	at := l.Addr().(*net.TCPAddr)
	plain := &unix.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())}
	if err := unix.Bind(fd, plain); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("bind without SO_REUSEADDR: %v, want %v", err, unix.EADDRINUSE)
	}
	again, err := net.Listen("tcp", l.Addr().String())
	ok(t, err)
	again.Close()
}

// Go sets options that C and Python leave alone: SO_REUSEADDR for listeners,
// TCP_NODELAY and SO_KEEPALIVE for connections, SO_BROADCAST for UDP sockets.
func TestOptionsOfGo(t *testing.T) {
	t.Parallel()
	l := listenTCP(t)
	client := dialTCP(t, l.Addr())
	server := accept(t, l, client)
	for _, o := range []struct {
		what        string
		conn        syscall.Conn
		level, name int
	}{
		{"SO_REUSEADDR of a listener", l, unix.SOL_SOCKET, unix.SO_REUSEADDR},
		{"TCP_NODELAY of a dialled connection", client, unix.IPPROTO_TCP, unix.TCP_NODELAY},
		{"TCP_NODELAY of an accepted connection", server, unix.IPPROTO_TCP, unix.TCP_NODELAY},
		{"SO_KEEPALIVE of a dialled connection", client, unix.SOL_SOCKET, unix.SO_KEEPALIVE},
		{"SO_KEEPALIVE of an accepted connection", server, unix.SOL_SOCKET, unix.SO_KEEPALIVE},
		{"SO_BROADCAST of a UDP socket", listenUDP(t), unix.SOL_SOCKET, unix.SO_BROADCAST},
	} {
		if option(t, o.conn, o.level, o.name) == 0 {
			t.Errorf("%s is not set", o.what)
		}
	}
}

// The first Write to a peer that has gone succeeds: the kernel takes the bytes.
// They are answered with a reset, and the next Write fails with "broken pipe".
func TestTCPWriteToGonePeer(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	ok(t, server.Close())
	wantEnd(t, client)
	send(t, client, "hello")
	poll(t, client, 0) // until the reset is there
	n, err := client.Write([]byte("hello"))
	if n != 0 || !errors.Is(err, unix.EPIPE) {
		t.Errorf("the second Write: %d bytes and %v, want %v", n, err, unix.EPIPE)
	}
}

// On Linux, what arrived before a reset can still be read.
func TestTCPDataBeforeResetArrives(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, server, "bye")
	poll(t, client, unix.POLLIN) // until it is there
	ok(t, server.SetLinger(0))   // Close will send a reset
	ok(t, server.Close())
	poll(t, client, 0) // until the reset is there, too
	want(t, client, "bye")
	wantReset(t, client)
}

// On Linux, a client that breaks off before Accept is called is no error of
// Accept's. Accept returns its connection, and the first Read fails.
func TestTCPAcceptReturnsBrokenConnection(t *testing.T) {
	t.Parallel()
	l := listenTCP(t)
	client := dialTCP(t, l.Addr())
	await(t, "connection in the queue", func() bool {
		waiting, _ := queue(t, l)
		return waiting == 1
	})
	ok(t, client.SetLinger(0)) // Close will send a reset
	ok(t, client.Close())
	wantReset(t, accept(t, l, client))
}

// Two Writes may become one Read: bytes that wait in the kernel have no seams.
func TestTCPWritesAreJoined(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	send(t, client, "hello")
	send(t, client, "close")
	await(t, "ten bytes in the queue", func() (ready bool) {
		control(t, server, func(fd int) {
			n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
			ok(t, err)
			ready = n == 10
		})
		return ready
	})
	want(t, server, "helloclose")
}

// A UDP socket's queue has an end. When it is full, datagrams are thrown away,
// and neither side is told: every Write succeeds.
func TestUDPFullQueueDrops(t *testing.T) {
	t.Parallel()
	server := listenUDP(t)
	client := dialUDP(t, server.LocalAddr())
	const sent = 1000
	queue := option(t, server, unix.SOL_SOCKET, unix.SO_RCVBUF)
	for range sent {
		send(t, client, strings.Repeat("x", 1000))
	}
	received := 0
	buf := make([]byte, 2000)
	control(t, server, func(fd int) {
		for {
			n, _, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
			if errors.Is(err, unix.EAGAIN) {
				break
			}
			ok(t, err)
			if n != 1000 {
				t.Fatalf("%d bytes of a datagram arrived", n)
			}
			received++
		}
	})
	t.Logf("a queue of %d bytes: of %d datagrams of 1000 bytes %d arrived", queue, sent, received)
	if received == 0 || received == sent {
		t.Errorf("%d of %d datagrams arrived", received, sent)
	}
}

// A UDP socket of Go's may send to a broadcast address, which C and Python allow
// only after setsockopt.
func TestUDPBroadcastIsAllowed(t *testing.T) {
	t.Parallel()
	server, err := net.ListenPacket("udp", "127.255.255.255:0") // stays in this machine
	ok(t, err)
	defer server.Close()
	ok(t, server.SetDeadline(time.Now().Add(patience)))
	send(t, dialUDP(t, server.LocalAddr()), "hello")
	buf := make([]byte, 8)
	n, _, err := server.ReadFrom(buf)
	if string(buf[:n]) != "hello" || err != nil {
		t.Errorf("read %q and %v", buf[:n], err)
	}
}

// After CloseWrite, a Write fails as after a reset, with "broken pipe".
func TestTCPWriteAfterCloseWrite(t *testing.T) {
	t.Parallel()
	client, _ := pair(t)
	ok(t, client.CloseWrite())
	if _, err := client.Write([]byte("one more thing")); !errors.Is(err, unix.EPIPE) {
		t.Errorf("%v, want %v", err, unix.EPIPE)
	}
}

// A datagram to a port that nobody has is refused. A connected socket is told,
// at its next call. One that is not connected never is.
func TestUDPRefusalReachesConnectedSockets(t *testing.T) {
	t.Parallel()
	server, open := listenUDP(t), listenUDP(t)
	closed := dialUDP(t, server.LocalAddr()).LocalAddr() // this socket lets nobody else in

	client := dialUDP(t, closed)
	send(t, client, "hello")
	if _, err := client.Read(make([]byte, 8)); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("the connected socket: %v, want %v", err, unix.ECONNREFUSED)
	}

	_, err := open.WriteTo([]byte("hello"), closed)
	ok(t, err)
	_, err = server.WriteTo([]byte("welcome"), open.LocalAddr())
	ok(t, err)
	buf := make([]byte, 16)
	n, _, err := open.ReadFrom(buf)
	if string(buf[:n]) != "welcome" || err != nil {
		t.Errorf("the other socket: %q and %v, want no error", buf[:n], err)
	}
}

// A port is counted for each protocol and each address by itself: a UDP socket
// may have a TCP socket's number, and so may a TCP socket at another address.
func TestPortIsPerProtocolAndAddress(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", ours())
	ok(t, err)
	defer l.Close()
	u, err := net.ListenPacket("udp", l.Addr().String())
	ok(t, err)
	defer u.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	ok(t, err)
	host, _, err := net.SplitHostPort(ours())
	ok(t, err)
	other, err := net.Listen("tcp", net.JoinHostPort(host, port))
	ok(t, err)
	defer other.Close()
	if again, err := net.Listen("tcp", l.Addr().String()); err == nil {
		again.Close()
		t.Errorf("two listeners at %v", l.Addr())
	}
}

// To listen at the empty host, at 0.0.0.0 or at [::] is the same for the network
// "tcp": every address, of both families. "tcp4" and "tcp6" take one family.
func TestHostOfEveryAddress(t *testing.T) {
	t.Parallel()
	if l, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Skip("no IPv6 here")
	} else {
		l.Close()
	}
	for _, c := range []struct {
		network, listen string
		hosts           []string
	}{
		{"tcp", ":0", []string{"127.0.0.1", "::1"}},
		{"tcp", "0.0.0.0:0", []string{"127.0.0.1", "::1"}},
		{"tcp", "[::]:0", []string{"127.0.0.1", "::1"}},
		{"tcp4", ":0", []string{"127.0.0.1"}},
		{"tcp6", ":0", []string{"::1"}},
	} {
		l, err := net.Listen(c.network, c.listen)
		ok(t, err)
		defer l.Close()
		for _, host := range c.hosts {
			to := &net.TCPAddr{IP: net.ParseIP(host), Port: l.Addr().(*net.TCPAddr).Port}
			accept(t, l, dialTCP(t, to))
		}
		var want, got []int // the family, and whether it takes IPv6 only
		switch c.network {
		case "tcp":
			want = []int{unix.AF_INET6, 0}
		case "tcp4":
			want = []int{unix.AF_INET}
		case "tcp6":
			want = []int{unix.AF_INET6, 1}
		}
		conn := l.(*net.TCPListener)
		got = append(got, option(t, conn, unix.SOL_SOCKET, unix.SO_DOMAIN))
		if got[0] == unix.AF_INET6 {
			got = append(got, option(t, conn, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s %s: family and IPv6 only %v, want %v", c.network, c.listen, got, want)
		}
	}
}

// What Go's own resolver makes of a host. No form here is asked of a DNS server.
func TestHostForms(t *testing.T) {
	t.Parallel()
	l := listenTCP(t)
	_, port, err := net.SplitHostPort(l.Addr().String())
	ok(t, err)
	dialer := net.Dialer{Timeout: patience, Resolver: &net.Resolver{
		PreferGo: true,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("a DNS server was asked")
		}}}
	for _, c := range []struct{ host, outcome string }{
		{"127.0.0.1", "connected"},
		{"localhost", "connected"},
		{"LOCALHOST", "connected"},
		{"", "connected"},
		{"0.0.0.0", "connected"},
		{"[::ffff:127.0.0.1]", "connected"},
		{"::1", "too many colons in address"},
		{"127.1", "no such host"},
		{"2130706433", "no such host"},
		{"0177.0.0.1", "no such host"},
		{"127.000.000.001", "no such host"},
		{"256.1.1.1", "no such host"},
		{"*", "no such host"},
		{"<broadcast>", "no such host"},
		{"0x7f000001", "a DNS server was asked"}, // it might be a name
		{"255.255.255.255", "network is unreachable"},
		{"127.255.255.255", "network is unreachable"},
	} {
		conn, err := dialer.Dial("tcp", c.host+":"+port)
		outcome := "connected"
		if err == nil {
			conn.Close()
		} else {
			outcome = err.Error()
		}
		if !strings.HasSuffix(outcome, c.outcome) {
			t.Errorf("%q: %s, want %s", c.host, outcome, c.outcome)
		}
	}
}

// A datagram has at most 65,507 bytes over IPv4: the 65,535 of a packet, less 20
// and 8 for its two headers.
func TestUDPLargestDatagram(t *testing.T) {
	t.Parallel()
	server := listenUDP(t)
	client := dialUDP(t, server.LocalAddr())
	n, err := client.Write(make([]byte, 65507))
	if n != 65507 || err != nil {
		t.Errorf("65507 bytes: %d and %v", n, err)
	}
	if _, err = client.Write(make([]byte, 65508)); !errors.Is(err, unix.EMSGSIZE) {
		t.Errorf("65508 bytes: %v, want %v", err, unix.EMSGSIZE)
	}
	n, err = server.Read(make([]byte, 65535))
	if n != 65507 || err != nil {
		t.Errorf("%d bytes arrived, and %v", n, err)
	}
}
