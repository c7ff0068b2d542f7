package wire

import (
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSlowCaller has one client send more than the rate lets through in hours:
// another's datagram passes meanwhile, and what has no room is lost.
func TestSlowCaller(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"client:rate=100", "client:latency=1m"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			var rec recorder
			r, anna, server := datagrams(t, Options{See: rec.see, Faults: faulty(t, fault)})
			large := strings.Repeat("a", 30<<10)
			sent, lost := 0, false
			for ; sent < 40 && !lost; sent++ {
				write(t, anna, large)
				rec.until(func(events []Event) bool { return len(events) >= sent+2 })
				rec.mu.Lock()
				lost = rec.events[len(rec.events)-1].Fate == Dropped
				rec.mu.Unlock()
			}
			if each := len(large) + stepSize; !lost || (sent-1)*each > mostHeld || sent*each <= mostHeld {
				t.Fatalf("of %d datagrams of %d bytes, the last is lost: %t", sent, len(large), lost)
			}
			if fault != "client:rate=100" {
				return
			}
			bruno, err := net.Dial("udp", r.doors[0].addr)
			if err != nil {
				t.Fatal(err)
			}
			defer bruno.Close()
			began := time.Now()
			write(t, bruno, "0123456789")
			buf := make([]byte, 100)
			n, _, err := server.ReadFrom(buf)
			if err != nil || string(buf[:n]) != "0123456789" {
				t.Fatalf("read %q, error %v", buf[:n], err)
			}
			if d := time.Since(began); d < 100*time.Millisecond {
				t.Errorf("10 bytes took %v at 100 a second", d)
			}
		})
	}
}

// TestRemembered checks that a client is not forgotten that sends, or to which
// something goes on.
func TestRemembered(t *testing.T) {
	t.Parallel()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	r := New(Options{})
	defer r.Close()
	d := &door{target: server.LocalAddr().String(), callers: map[string]*caller{}}
	from := server.LocalAddr() // somebody's
	r.take(d, from, []byte("hello"))
	c := d.callers[from.String()]
	for name, touch := range map[string]func(){
		"sends":         func() { r.take(d, from, []byte("hello")) },
		"is sent on":    func() { r.deliver(c, []byte("hello")) },
		"does not send": nil,
	} {
		c.last.Store(int64(time.Since(r.began) - r.callerIdle))
		if touch != nil {
			touch()
		}
		if idle := r.left(c) <= 0; idle != (touch == nil) {
			t.Errorf("a client that %s is idle: %v", name, idle)
		}
	}
}

// TestForgotten has a client be forgotten all the time: what it sends then must
// arrive all the same.
func TestForgotten(t *testing.T) {
	t.Parallel()
	var rec recorder
	_, client, server := callers(t, time.Microsecond, Options{See: rec.see})
	for n := range 300 {
		pass(t, client, server, strconv.Itoa(n))
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if last := rec.events[len(rec.events)-1]; last.Conn < 2 {
		t.Errorf("in %v, there were %d clients", last.At, last.Conn)
	}
}

// callers is datagrams with a relay that remembers clients for a certain time.
func callers(t *testing.T, idle time.Duration, o Options) (r *Relay, client net.Conn, server net.PacketConn) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	r = New(o)
	t.Cleanup(r.Close)
	r.callerIdle = idle
	addr, err := r.Open("127.0.0.1:0", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	if client, err = net.Dial("udp", addr); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return r, client, server
}

// pass sends a datagram, and waits until it has come.
func pass(t *testing.T, client net.Conn, server net.PacketConn, text string) {
	t.Helper()
	write(t, client, text)
	buf := make([]byte, 100)
	server.SetDeadline(time.Now().Add(10 * time.Second))
	if n, _, err := server.ReadFrom(buf); err != nil || string(buf[:n]) != text {
		t.Fatalf("read %q, error %v, want %q", buf[:n], err, text)
	}
}

// TestRefusedDatagrams sends to nobody, and then to somebody: what was refused is
// told, and eats none that comes later.
func TestRefusedDatagrams(t *testing.T) {
	t.Parallel()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var rec recorder
	r := New(Options{See: rec.see})
	defer r.Close()
	c := r.caller(server.LocalAddr(), &door{target: server.LocalAddr().String()})
	server.Close()
	r.deliver(c, []byte("to nobody")) // and nobody waits for what comes back
	server, err = net.ListenPacket("udp", server.LocalAddr().String())
	if err != nil {
		t.Skip("somebody else has the port:", err)
	}
	defer server.Close()
	r.deliver(c, []byte("to somebody"))
	buf := make([]byte, 100)
	server.SetDeadline(time.Now().Add(10 * time.Second))
	if n, _, err := server.ReadFrom(buf); err != nil || string(buf[:n]) != "to somebody" {
		t.Errorf("read %q, error %v", buf[:n], err)
	}
	if got, want := rec.words(), "c opens, s refuses"; got != want && runtime.GOOS == "linux" {
		t.Errorf("saw %s, want %s", got, want)
	}
}

// TestNobody has a client send to nobody, through the whole relay.
func TestNobody(t *testing.T) {
	t.Parallel()
	var rec recorder
	_, client, server := datagrams(t, Options{See: rec.see})
	server.Close()
	write(t, client, "hello")
	if rec.await("s refuses"); rec.words() != "c opens, c hello, s refuses" {
		t.Errorf("saw %s", rec.words())
	}
}
