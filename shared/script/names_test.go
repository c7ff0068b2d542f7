package script

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"bothends/shared/wire"
)

// taken fails unless a port is nobody else's, over TCP and UDP.
func taken(t *testing.T, port string) {
	t.Helper()
	if c, err := net.ListenPacket("udp", "127.0.0.1:"+port); err == nil {
		c.Close()
		t.Error("somebody could have the port over UDP")
	}
	// Over TCP, one that listens may share a port that it asks for; a client
	// may not, and nobody is given it.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n, _ := strconv.Atoi(port)
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n}}
	if c, err := from.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("somebody could have the port over TCP")
	}
}

func TestDeaf(t *testing.T) {
	n := newNames()
	defer n.close()
	addr, err := n.realAddr("127.0.0.1:20000")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := n.realAddr("127.0.0.1:20000"); again != addr || err != nil {
		t.Errorf("it is %s, and then %s, error %v", addr, again, err)
	}
	_, port, _ := splitPort(addr)
	for range 3 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			t.Error("connected over TCP")
		}
		c, err := net.Dial("udp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(10 * time.Second))
		c.Write([]byte("hello"))
		_, err = c.Read(make([]byte, 1))
		if timeout, ok := err.(net.Error); err == nil || ok && timeout.Timeout() {
			t.Errorf("over UDP: %v, want a refusal", err)
		}
		taken(t, port)
	}
	if got, want := n.show("at "+addr), "at 127.0.0.1:20000\n"; got != want {
		t.Errorf("it shows as %q, want %q", got, want)
	}

	for _, same := range []string{"nonsense", "127.0.0.1:0", "127.0.0.1:http"} {
		if got, err := n.realAddr(same); got != same || err != nil {
			t.Errorf("%s: got %s, error %v", same, got, err)
		}
	}
}

// free returns a port that nobody uses, over TCP or UDP.
func free(t *testing.T) string {
	n := newNames()
	defer n.close()
	port, err := n.deaf()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestRetire(t *testing.T) {
	n := newNames()
	defer n.close()
	var sockets []net.PacketConn
	for _, want := range []string{"50001", "50002"} {
		c, err := net.ListenPacket("udp", "127.0.0.1:"+free(t))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		sockets = append(sockets, c)
		if got := n.show(c.LocalAddr().String()); got != "127.0.0.1:"+want+"\n" {
			t.Errorf("got %q, want port %s", got, want)
		}
	}
	n.retire()
	_, port, _ := splitPort(sockets[0].LocalAddr().String())
	if n.held["udp/"+port] != nil {
		t.Error("a port is held that is in use")
	}
	if n.held["tcp/"+port] == nil {
		t.Error("a port is in use over UDP, and not held over TCP")
	}
	sockets[0].Close()
	n.retire()
	taken(t, port)
	if got := n.show("127.0.0.1:" + port); got != "127.0.0.1:50001\n" {
		t.Errorf("the port shows as %q later on", got)
	}
	if len(n.loose) != 1 {
		t.Errorf("loose are %v, want the second port alone", n.loose)
	}

	n.close()
	c, err := net.ListenPacket("udp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatalf("after the script, the port is not free: %v", err)
	}
	c.Close()
}

// TestForget checks that nobody gets the port of a peer that has hung up, shown or
// not.
func TestForget(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, network := range []string{"tcp", "udp"} {
		s := &session{names: newNames(), peers: map[string]*peer{}}
		defer s.names.close()
		conn, err := wire.Dialer(network, l.Addr().String()).Dial(network, l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		s.peers["anna"] = &peer{conn: conn, called: true}
		if c, ok := conn.(*net.TCPConn); ok {
			c.SetLinger(0)
		}
		conn.Close()
		s.forget("anna")
		_, port, _ := splitPort(conn.LocalAddr().String())
		taken(t, port)
	}
}

func TestShow(t *testing.T) {
	n := newNames()
	n.server("127.0.0.1:20000", "127.0.0.1:41000")
	n.further("127.0.0.1:20000", "127.0.0.1:41000",
		"listening on 127.0.0.1:41000\nsmtp: listening on 127.0.0.1:41025\nlistening on 127.0.0.1:41") // to come
	n.server("[::]:0", "[::]:41001")
	n.keep("8008")
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"one\r\ntwo", "one\ntwo\n"},
		{"127.0.0.1:41000->127.0.0.1:41025", "127.0.0.1:20000->127.0.0.1:20025\n"},
		{"[::1]:41000, [fe80::1%eth0]:41000, localhost:41000.", "[::1]:20000, [fe80::1%eth0]:20000, localhost:20000.\n"},
		{"[::]:41001", "[::]:50001\n"},
		{"127.0.0.1:42000 and 127.0.0.1:42001", "127.0.0.1:50002 and 127.0.0.1:50003\n"},
		{"127.0.0.1:8008, port 0 is 127.0.0.1:0", "127.0.0.1:8008, port 0 is 127.0.0.1:0\n"},
		{"127.0.0.1:42001 over TCP, 127.0.0.1:41000 over UDP", "127.0.0.1:50003 over TCP, 127.0.0.1:20000 over UDP\n"},
		{"41000 bytes at 12:41000", "41000 bytes at 12:41000\n"},
	} {
		if got := n.show(test.in); got != test.want {
			t.Errorf("%q\ngot:  %q\nwant: %q", test.in, got, test.want)
		}
	}
	if got := n.peek("127.0.0.1:42000, 127.0.0.1:43000"); got != "127.0.0.1:50002, 127.0.0.1:43000" {
		t.Errorf("peek: %q", got)
	}
	if got := n.show("127.0.0.1:44000"); got != "127.0.0.1:50004\n" {
		t.Errorf("peek gave a name: the next is %q", got)
	}
	args := n.realArgs([]string{"20000", "127.0.0.1:20025", "localhost:20000", "30000", "hello"})
	if got, want := strings.Join(args, " "), "41000 127.0.0.1:41025 localhost:41000 30000 hello"; got != want {
		t.Errorf("arguments: got %s, want %s", got, want)
	}
}

// TestOver checks that a number that UDP and TCP both gave out is two ports.
func TestOver(t *testing.T) {
	n := newNames()
	const real = "127.0.0.1:42000 over UDP\n127.0.0.1:42000 over TCP\n127.0.0.1:42000\n127.0.0.1:42001 over TCP\n"
	const want = "127.0.0.1:50001 over UDP\n127.0.0.1:50002 over TCP\n127.0.0.1:50001\n127.0.0.1:50003 over TCP\n"
	for _, show := range []func(string) string{n.show, n.show, n.peek} {
		if got := show(real); got != want {
			t.Errorf("got:  %q\nwant: %q", got, want)
		}
	}
	if got := strings.Join(n.realArgs([]string{"50001", "50002"}), " "); got != "42000 42000" {
		t.Errorf("the real ports are %s", got)
	}
	if len(n.loose) != 2 || !n.loose["42000"] || !n.loose["42001"] {
		t.Errorf("loose are %v, want 42000 and 42001", n.loose)
	}
	if got := n.peek("127.0.0.1:42001 over UDP"); got != "127.0.0.1:42001 over UDP" {
		t.Errorf("no name yet, but it shows as %s", got)
	}
}

// A server has ended, and before its port is held, another program gets it. Its
// name is then another's, at which nobody listens.
func TestEndedAndTaken(t *testing.T) {
	n := newNames()
	defer n.close()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	real := other.Addr().String()
	n.server("127.0.0.1:0", real)
	n.ended(real)
	at := n.realArgs([]string{"127.0.0.1:50001"})[0]
	if c, err := net.Dial("tcp", at); err == nil {
		c.Close()
		t.Error("the server has ended, and yet one can connect to it")
	}
	if got := n.show(real + " " + at); got != "127.0.0.1:50001 127.0.0.1:50001\n" {
		t.Errorf("its old and its new port show as %s", got)
	}
}

func TestCutAddr(t *testing.T) {
	for _, test := range []struct{ args, addr, rest string }{
		{"-addr a:1 hello", "a:1", "hello"},
		{"--addr a:1 hello", "a:1", "hello"},
		{"-v -addr=a:1 hello", "a:1", "-v hello"},
		{"--addr=a:1", "a:1", ""},
		{"-addr", "", "-addr"},
		{"addr a:1", "", "addr a:1"},
		{"---addr a:1", "", "---addr a:1"},
		{"-address a:1", "", "-address a:1"},
	} {
		addr, rest := cutAddr(strings.Fields(test.args))
		if addr != test.addr || strings.Join(rest, " ") != test.rest {
			t.Errorf("%s: got %q and %q", test.args, addr, rest)
		}
	}
}
