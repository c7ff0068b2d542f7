package wire

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set("16") // relays wait more than they work
	}
	os.Exit(m.Run())
}

// A recorder keeps what a relay sees.
type recorder struct {
	mu     sync.Mutex
	events []Event
	more   chan struct{} // closed at the next event, or nil if nobody waits
}

func (r *recorder) see(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	if r.more != nil {
		close(r.more)
		r.more = nil
	}
}

// until waits until the events are enough, but not for ever.
func (r *recorder) until(enough func([]Event) bool) {
	late := time.After(20 * time.Second)
	for {
		r.mu.Lock()
		if enough(r.events) {
			r.mu.Unlock()
			return
		}
		if r.more == nil {
			r.more = make(chan struct{})
		}
		more := r.more
		r.mu.Unlock()
		select {
		case <-more:
		case <-late:
			return
		}
	}
}

// words tells the events in one line, without chunk borders.
func (r *recorder) words() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return words(r.events)
}

func words(events []Event) string {
	var w []string
	for _, e := range events {
		s := e.From.String()[:1] + " "
		switch e.Kind {
		case Opened:
			s += "opens"
		case Data:
			s += string(e.Data) + strings.TrimRight(" "+e.Fate.String(), " ")
		case Ended:
			s += "ends"
		case Reset:
			s += "resets"
		case Refused:
			s += "refuses"
		}
		w = append(w, s)
	}
	return strings.Join(w, ", ")
}

// await waits until the last event is a certain one.
func (r *recorder) await(last string) {
	r.until(func(events []Event) bool { return strings.HasSuffix(words(events), last) })
}

// faulty reads faults.
func faulty(t testing.TB, texts ...string) []Fault {
	t.Helper()
	var all []Fault
	for _, text := range texts {
		f, err := ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// between puts a relay before a TCP server, and returns a client's connection
// through it, and the server's.
func between(t testing.TB, o Options) (r *Relay, client, server *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, addr := listen(t, l.Addr().String(), o)
	client, server = visit(t, addr, l)
	return r, client, server
}

// visit connects to a relay, and returns both ends of the connection that it
// makes to the server.
func visit(t testing.TB, addr string, l net.Listener) (client, server *net.TCPConn) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, conn := range []net.Conn{c, s} {
		conn.SetDeadline(time.Now().Add(20 * time.Second))
	}
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

// listen returns a relay to an address, and where it listens.
func listen(t testing.TB, target string, o Options) (r *Relay, addr string) {
	t.Helper()
	r = New(o)
	t.Cleanup(r.Close)
	addr, err := r.Open("127.0.0.1:0", target)
	if err != nil {
		t.Fatal(err)
	}
	return r, addr
}

func write(t testing.TB, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, c net.Conn, want string) {
	t.Helper()
	buf := make([]byte, len(want))
	if n, err := io.ReadFull(c, buf); err != nil || string(buf) != want {
		t.Fatalf("read %q, error %v, want %q", buf[:n], err, want)
	}
}

func readEnd(t testing.TB, c net.Conn, want string) {
	t.Helper()
	if b, err := io.ReadAll(c); err != nil || string(b) != want {
		t.Fatalf("read %q, error %v, want %q and the end", b, err, want)
	}
}

func TestConversation(t *testing.T) {
	t.Parallel()
	var rec recorder
	r, client, server := between(t, Options{See: rec.see})
	write(t, client, "hello")
	read(t, server, "hello")
	write(t, server, "OK")
	read(t, client, "OK")
	client.CloseWrite() // half of it goes on
	readEnd(t, server, "")
	write(t, server, "bye")
	read(t, client, "bye")
	server.Close()
	readEnd(t, client, "")
	r.Close()
	if got, want := rec.words(), "c opens, c hello, s OK, c ends, s bye, s ends"; got != want {
		t.Errorf("saw %s, want %s", got, want)
	}
	e := rec.events[1]
	if e.Conn != 1 || e.Network != "tcp" || e.Near.String() != client.LocalAddr().String() || e.Far.String() != server.RemoteAddr().String() || e.At <= 0 {
		t.Errorf("the event is %+v", e)
	}
}

// TestDoors has one relay lead to two servers.
func TestDoors(t *testing.T) {
	t.Parallel()
	var rec recorder
	r := New(Options{See: rec.see})
	defer r.Close()
	want := ""
	for i := range 2 {
		server, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		addr, err := r.Open("127.0.0.1:0", server.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		client, err := net.Dial("udp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		client.SetDeadline(time.Now().Add(20 * time.Second))
		write(t, client, "hello")
		buf := make([]byte, 10)
		server.SetDeadline(time.Now().Add(20 * time.Second))
		n, from, err := server.ReadFrom(buf)
		if err != nil || string(buf[:n]) != "hello" {
			t.Fatalf("read %q, error %v", buf[:n], err)
		}
		server.WriteTo([]byte{'0' + byte(i)}, from)
		read(t, client, string('0'+byte(i)))
		want += "c opens, c hello, s " + string('0'+byte(i)) + ", "
	}
	if got := rec.words() + ", "; got != want {
		t.Errorf("saw %s, want %s", got, want)
	}
	if _, err := r.Open(r.doors[0].addr, "127.0.0.1:9"); err == nil {
		t.Error("the same door was opened twice")
	}
	if _, err := r.Open("127.0.0.1", "127.0.0.1:9"); err == nil {
		t.Error("a door without a port was opened")
	}
	r.Close()
	if _, err := r.Open("127.0.0.1:0", "127.0.0.1:9"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a door of a closed relay: %v", err)
	}
	for i, e := range rec.events {
		if conn := i/3 + 1; e.Conn != conn || e.Door != r.doors[conn-1].addr {
			t.Errorf("%+v is not of connection %d, which came to %s", e, conn, r.doors[conn-1].addr)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	for _, side := range []Side{Client, Server} {
		var rec recorder
		r, client, server := between(t, Options{See: rec.see})
		from, to := client, server
		if side == Server {
			from, to = server, client
		}
		write(t, from, "x")
		read(t, to, "x")
		from.SetLinger(0)
		from.Close()
		if _, err := to.Read(make([]byte, 1)); !wasReset(err) {
			t.Errorf("%s reset: the other end got %v", side, err)
		}
		r.Close()
		if got := rec.words(); !strings.HasSuffix(got, side.String()[:1]+" resets") {
			t.Errorf("saw %s", got)
		}
	}
}

func wasReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || runtime.GOOS == "windows" && err != nil && !errors.Is(err, io.EOF)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	var rec recorder
	r, addr := listen(t, l.Addr().String(), Options{See: rec.see})
	c, err := net.Dial("tcp", addr)
	if err == nil {
		c.SetDeadline(time.Now().Add(20 * time.Second))
		_, err = c.Read(make([]byte, 1))
		c.Close()
	}
	if !wasReset(err) {
		t.Errorf("the client got %v", err)
	}
	r.Close()
	if got := rec.words(); got != "c opens, s refuses" {
		t.Errorf("saw %s", got)
	}
}

// TestBackPressure fills the way to a server that does not read: the client
// must come to a stop, with little held in between.
func TestBackPressure(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	for _, weather := range []string{"", "latency=1ms", "latency=1ms join=1ms"} {
		t.Run(weather, func(t *testing.T) {
			t.Parallel()
			const ends = 64 << 10 // in the sockets of either end; Linux takes twice as much
			_, client, server := between(t, Options{Faults: faulty(t, strings.Fields(weather)...)})
			server.SetReadBuffer(ends)
			client.SetWriteBuffer(ends)
			client.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
			data := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
			total := 0
			for {
				n, err := client.Write(data)
				total += n
				if errors.Is(err, os.ErrDeadlineExceeded) {
					break
				}
				if err != nil || total > 64<<20 {
					t.Fatalf("wrote %d bytes, and then: %v", total, err)
				}
			}
			if held := total - 4*ends; held > 1<<20 && runtime.GOOS == "linux" {
				t.Errorf("%d bytes are held on the way", held)
			}
			// What was written comes, in order and whole.
			client.CloseWrite()
			got, err := io.ReadAll(server)
			if err != nil || len(got) != total {
				t.Fatalf("%d bytes came of %d, error %v", len(got), total, err)
			}
			for i := 0; i < len(got); i += len(data) {
				if rest := got[i:min(i+len(data), len(got))]; !bytes.Equal(rest, data[:len(rest)]) {
					t.Fatalf("from byte %d on, others came", i)
				}
			}
			t.Logf("%d bytes were on the way", total)
		})
	}
}

func TestTCPFaults(t *testing.T) {
	t.Parallel()
	t.Run("slice", func(t *testing.T) {
		t.Parallel()
		_, client, server := between(t, Options{Faults: faulty(t, "server:slice=1")})
		write(t, server, "abc")
		buf := make([]byte, 10)
		if n, err := client.Read(buf); string(buf[:n]) != "a" || err != nil {
			t.Errorf("read %q, error %v", buf[:n], err)
		}
		read(t, client, "bc")
		write(t, client, "abc") // not this side
		if n, err := server.Read(buf); string(buf[:n]) != "abc" || err != nil {
			t.Errorf("read %q, error %v", buf[:n], err)
		}
	})
	t.Run("join", func(t *testing.T) {
		t.Parallel()
		var rec recorder
		r, client, server := between(t, Options{See: rec.see, Faults: faulty(t, "client:join=1m")})
		for range 3 {
			write(t, client, "abc")
		}
		client.CloseWrite() // or they would be held for a minute
		readEnd(t, server, "abcabcabc")
		r.Close()
		if got := rec.events; len(got) < 2 || string(got[1].Data) != "abcabcabc" {
			t.Errorf("saw %+v", got)
		}
	})
	t.Run("join up to a pause", func(t *testing.T) {
		t.Parallel()
		_, client, server := between(t, Options{Faults: faulty(t, "client:join=10ms")})
		for range 2 {
			write(t, client, "abc")
			read(t, server, "abc")
		}
	})
	t.Run("stall", func(t *testing.T) {
		t.Parallel()
		_, client, server := between(t, Options{Faults: faulty(t, "server:stall=2")})
		write(t, server, "abc")
		read(t, client, "ab")
		write(t, server, "d")
		write(t, client, "x") // the other way is clear
		read(t, server, "x")
		client.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the stall: %v", err)
		}
	})
	t.Run("halfclose", func(t *testing.T) {
		t.Parallel()
		_, client, server := between(t, Options{Faults: faulty(t, "server:halfclose=2")})
		write(t, server, "abc")
		readEnd(t, client, "ab")
		write(t, client, "x")
		read(t, server, "x")
	})
	t.Run("reset", func(t *testing.T) {
		t.Parallel()
		_, client, server := between(t, Options{Faults: faulty(t, "server:reset=0")})
		write(t, server, "abc")
		for _, c := range []net.Conn{client, server} {
			if b, err := io.ReadAll(c); !wasReset(err) || len(b) > 0 {
				t.Errorf("read %q, error %v", b, err)
			}
		}
	})
	t.Run("latency", func(t *testing.T) {
		t.Parallel()
		_, client, server := between(t, Options{Faults: faulty(t, "latency=50ms")})
		began := time.Now()
		write(t, client, "a")
		read(t, server, "a")
		if d := time.Since(began); d < 50*time.Millisecond {
			t.Errorf("it took %v", d)
		}
		client.CloseWrite() // late as well, and in order
		write(t, server, "b")
		readEnd(t, server, "")
		read(t, client, "b")
	})
	t.Run("rate", func(t *testing.T) {
		t.Parallel()
		_, client, server := between(t, Options{Faults: faulty(t, "client:rate=1000")})
		began := time.Now()
		write(t, client, strings.Repeat("a", 100))
		write(t, client, "b")
		read(t, server, strings.Repeat("a", 100)+"b")
		if d := time.Since(began); d < 100*time.Millisecond {
			t.Errorf("100 bytes took %v", d)
		}
	})
}

// TestYield lets both ends end at once: the server's comes first.
func TestYield(t *testing.T) {
	t.Parallel()
	var rec recorder
	r, client, server := between(t, Options{See: rec.see, Yield: 10 * time.Second})
	client.CloseWrite()
	write(t, server, "bye")
	server.Close()
	readEnd(t, client, "bye")
	rec.await("c ends")
	r.Close()
	if got, want := rec.words(), "c opens, s bye, s ends, c ends"; got != want {
		t.Errorf("saw %s, want %s", got, want)
	}

	rec = recorder{}
	r, client, server = between(t, Options{See: rec.see, Yield: 10 * time.Millisecond})
	client.CloseWrite()
	readEnd(t, server, "")
	server.Close()
	readEnd(t, client, "")
	r.Close()
	if got, want := rec.words(), "c opens, c ends, s ends"; got != want {
		t.Errorf("saw %s, want %s", got, want)
	}
}

// datagrams puts a relay before a UDP server and returns both ends.
func datagrams(t *testing.T, o Options) (r *Relay, client net.Conn, server net.PacketConn) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	r, addr := listen(t, server.LocalAddr().String(), o)
	if client, err = net.Dial("udp", addr); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	client.SetDeadline(time.Now().Add(20 * time.Second))
	server.SetDeadline(time.Now().Add(20 * time.Second))
	return r, client, server
}

func TestUDPFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ fault, want, saw string }{
		{"latency=1ms", "1,2,3,4,,end", "c opens, c 1, c 2, c 3, c 4, c , c end"},
		{"drop=2", "1,3,4,,end", "c opens, c 1, c 2 lost, c 3, c 4, c , c end"},
		{"server:drop=2", "1,2,3,4,,end", "c opens, c 1, c 2, c 3, c 4, c , c end"},
		{"repeat=1", "1,1,2,3,4,,end", "c opens, c 1 twice, c 2, c 3, c 4, c , c end"},
		{"reorder=2", "1,3,2,4,,end", "c opens, c 1, c 2 late, c 3, c 4, c , c end"},
		{"reorder=1/1", "2,1,4,3,end,", "c opens, c 1 late, c 2, c 3 late, c 4, c  late, c end"},
		{"reorder=1/1 repeat=4", "2,1,4,4,3,end,", "c opens, c 1 late, c 2, c 3 late, c 4 twice, c  late, c end"},
		{"reorder=1/1 drop=2", "3,1,,4", "c opens, c 1 late, c 2 lost, c 3, c 4 late, c , c end late"},
		{"drop=1/1", "", "c opens, c 1 lost, c 2 lost, c 3 lost, c 4 lost, c  lost, c end lost"},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			var rec recorder
			r, client, server := datagrams(t, Options{See: rec.see, Faults: faulty(t, strings.Fields(test.fault)...)})
			for _, text := range []string{"1", "2", "3", "4", "", "end"} {
				write(t, client, text)
			}
			var got []string
			if test.want != "" {
				buf := make([]byte, 100)
				for len(got) <= strings.Count(test.want, ",") {
					n, _, err := server.ReadFrom(buf)
					if err != nil {
						t.Fatalf("after %q: %v", got, err)
					}
					got = append(got, string(buf[:n]))
				}
			}
			rec.await(test.saw)
			r.Close()
			if strings.Join(got, ",") != test.want {
				t.Errorf("got %q, want %s", got, test.want)
			}
			if rec.words() != test.saw {
				t.Errorf("saw %s, want %s", rec.words(), test.saw)
			}
		})
	}
}

// TestSeed checks that the dice fall the same way each time, and differently
// with another seed.
func TestSeed(t *testing.T) {
	fates := func(seed uint64) (all []Fate) {
		w := forecast(faulty(t, "drop=1/3"), Client, seed)
		for range 300 {
			all = append(all, w.fate())
		}
		return all
	}
	if !slices.Equal(fates(1), fates(1)) || slices.Equal(fates(1), fates(2)) {
		t.Error("the same seed gives others, or another the same")
	}
	n := 0
	for _, f := range fates(1) {
		if f == Dropped {
			n++
		}
	}
	if n < 60 || n > 140 {
		t.Errorf("%d of 300 were lost, one in three was to be", n)
	}
}

// TestCount counts datagrams, whoever sends them.
func TestCount(t *testing.T) {
	t.Parallel()
	var rec recorder
	r, anna, _ := datagrams(t, Options{See: rec.see, Faults: faulty(t, "drop=2")})
	bruno, err := net.Dial("udp", r.doors[0].addr)
	if err != nil {
		t.Fatal(err)
	}
	defer bruno.Close()
	write(t, anna, "1")
	rec.await("c 1")
	write(t, bruno, "2")
	rec.await("c 2 lost")
	write(t, anna, "3")
	rec.await("c 3")
	r.Close()
	if got, want := rec.words(), "c opens, c 1, c opens, c 2 lost, c 3"; got != want {
		t.Errorf("saw %s, want %s", got, want)
	}
}

func TestUDPAnswers(t *testing.T) {
	t.Parallel()
	var rec recorder
	r, anna, server := datagrams(t, Options{See: rec.see})
	bruno, err := net.Dial("udp", r.doors[0].addr)
	if err != nil {
		t.Fatal(err)
	}
	defer bruno.Close()
	bruno.SetDeadline(time.Now().Add(20 * time.Second))
	buf := make([]byte, 100)
	for _, c := range []net.Conn{anna, bruno, anna} {
		write(t, c, "hello")
		n, from, err := server.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		server.WriteTo(append(buf[:n], " "+from.String()...), from)
		if n, err = c.Read(buf); err != nil || string(buf[:n]) != "hello "+from.String() {
			t.Errorf("read %q, error %v", buf[:n], err)
		}
	}
	r.Close()
	if rec.events[2].Conn != 1 || rec.events[4].Conn != 2 || rec.events[6].Conn != 1 {
		t.Errorf("the clients are mixed up: %+v", rec.events)
	}
}

// TestClose stops relays in the middle of everything: nothing must be left.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, faults := range [][]string{nil, {"latency=10s"}, {"rate=1"}, {"stall=1"}, {"join=10s"}} {
		r, client, server := between(t, Options{Faults: faulty(t, faults...), Yield: time.Minute})
		write(t, client, "hello")
		write(t, server, "hello")
		server.CloseWrite()
		client.CloseWrite()
		u, err := net.Dial("udp", r.doors[0].addr)
		if err != nil {
			t.Fatal(err)
		}
		write(t, u, "hello")
		done := make(chan struct{})
		go func() {
			r.Close()
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			stack := make([]byte, 1<<20)
			t.Fatalf("%v: not closed\n%s", faults, stack[:runtime.Stack(stack, true)])
		}
		again := New(Options{})
		if _, err := again.Open(r.doors[0].addr, "127.0.0.1:9"); err != nil {
			t.Error("its port is not free again:", err)
		}
		again.Close()
		u.Close()
		client.Close()
		server.Close()
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			stack := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), stack[:runtime.Stack(stack, true)])
		}
	}
}

func TestParseFault(t *testing.T) {
	for _, text := range []string{"latency=100ms", "rate=1000", "client:slice=1", "join=50ms", "stall=0", "server:reset=3",
		"halfclose=2", "drop=1", "drop=1/3", "client:repeat=2", "reorder=1/10"} {
		if f, err := ParseFault(text); err != nil || f.String() != text {
			t.Errorf("%s: %v, error %v", text, f, err)
		}
	}
	for _, text := range []string{"", "drop", "drop=", "drop=0", "drop=-1", "drop=1/0", "drop=1/x", "slice=0", "slice=1/2", "latency=5",
		"latency=-1s", "latency=2h", "rate=0", "nobody:drop=1", "client:server:drop=1", "burn=1", "stall=-1", "reset=x"} {
		if f, err := ParseFault(text); err == nil {
			t.Errorf("%q is read as %v", text, f)
		}
	}
}

// BenchmarkRoundTrip compares a question and its answer through the relay with
// the same without it.
func BenchmarkRoundTrip(b *testing.B) {
	for _, through := range []bool{false, true} {
		name := "direct"
		if through {
			name = "relay"
		}
		b.Run(name, func(b *testing.B) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			go func() {
				conn, err := l.Accept()
				if err == nil {
					io.Copy(conn, conn)
				}
			}()
			addr := l.Addr().String()
			if through {
				_, addr = listen(b, addr, Options{})
			}
			c, err := net.Dial("tcp", addr)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			buf := make([]byte, 64)
			for b.Loop() {
				if _, err := c.Write(buf); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c, buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestWait has clients connect and leave at once: Wait must wait for them,
// though the relay may not have seen them yet, and leave no trace itself.
func TestWait(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	var rec recorder
	r, first := listen(t, l.Addr().String(), Options{See: rec.see})
	second, err := r.Open("127.0.0.1:0", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	missed := 0
	for i := range 100 {
		c, err := net.Dial("tcp", []string{first, second}[i%2])
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		if err := r.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		rec.mu.Lock()
		if n := len(rec.events); n == 0 || rec.events[n-1].Conn != i+1 || rec.events[n-1].Kind == Opened {
			missed++
		}
		rec.mu.Unlock()
	}
	if missed > 0 {
		t.Errorf("%d of 100 connections had not ended, or had another number", missed)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if err := r.Wait(ctx); err != gone {
		t.Errorf("with a context that is over: %v", err)
	}
	r.Close()
	if err := r.Wait(t.Context()); err != nil {
		t.Errorf("of a closed relay: %v", err)
	}
}

// TestSettle asks, as soon as the server has a connection, what has been told of
// it: Settle must wait for that, and so must whatever else is told.
func TestSettle(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var rec recorder
	r, addr := listen(t, l.Addr().String(), Options{See: rec.see})
	for i := range 500 {
		go func() {
			if c, err := net.Dial("tcp", addr); err == nil {
				io.Copy(io.Discard, c)
				c.Close()
			}
		}()
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 { // the connection is gone before the relay tells of it
			abort(c)
		}
		if i%3 != 0 {
			r.Settle()
		} else {
			r.see(Event{From: Server, Kind: Data, Data: []byte("there")})
		}
		opened := 0
		rec.mu.Lock()
		for _, e := range rec.events {
			if e.Kind == Opened {
				opened++
			}
			if string(e.Data) == "there" && opened%3 != 1 {
				t.Error("an event was told too early")
			}
		}
		rec.mu.Unlock()
		c.Close()
		if opened != i+1 {
			t.Fatalf("the server has %d connections, and %d were told of", i+1, opened)
		}
	}
}

// TestSwallow sends much behind a stall and a half-close: the relay takes it all,
// and shows and passes none of it.
func TestSwallow(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	for fault, want := range map[string]string{
		"server:stall=2":     "c opens, s ab, c x, c ends",
		"server:halfclose=2": "c opens, s ab, s ends, c x, c ends",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			var rec recorder
			r, client, server := between(t, Options{See: rec.see, Faults: faulty(t, fault)})
			write(t, server, "ab")
			read(t, client, "ab")
			much := strings.Repeat("c", 1<<20)
			for range 32 {
				write(t, server, much)
			}
			server.CloseWrite()
			if strings.Contains(fault, "halfclose") {
				readEnd(t, client, "")
			}
			write(t, client, "x") // the other way is clear
			read(t, server, "x")
			client.CloseWrite()
			readEnd(t, server, "")
			if err := r.Wait(t.Context()); err != nil {
				t.Error(err)
			}
			if got := rec.words(); got != want {
				t.Errorf("saw %s, want %s", got, want)
			}
		})
	}
}

// TestInOrder has clients come one after another, each when the server has the
// one before: so they are told of.
func TestInOrder(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var rec recorder
	r, addr := listen(t, l.Addr().String(), Options{See: rec.see})
	for range 200 {
		visit(t, addr, l)
	}
	r.Settle()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for i, e := range rec.events {
		if e.Conn != i+1 {
			t.Fatalf("connection %d was told of in place %d", e.Conn, i+1)
		}
	}
	if len(rec.events) != 200 {
		t.Errorf("%d of 200 were told of", len(rec.events))
	}
}

// TestTooMany has more clients come than the relay takes: they are broken off,
// or lost, and leave no trace, until there is room again.
func TestTooMany(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var rec recorder
	r, addr := listen(t, l.Addr().String(), Options{See: rec.see})
	crowd := make([]*net.TCPConn, 2*mostConns-1) // one has room
	r.mu.Lock()
	for i := range crowd {
		crowd[i] = new(net.TCPConn)
		r.open[crowd[i]] = true
	}
	r.mu.Unlock()
	visit(t, addr, l)
	c, err := net.Dial("tcp", addr)
	if err == nil {
		c.SetDeadline(time.Now().Add(20 * time.Second))
		_, err = c.Read(make([]byte, 1))
		c.Close()
	}
	if !wasReset(err) {
		t.Errorf("one too many got %v", err)
	}
	if u := r.caller(l.Addr(), r.doors[0]); u != nil {
		t.Error("there was room for a datagram")
	}
	r.mu.Lock()
	for _, c := range crowd {
		delete(r.open, c)
	}
	r.mu.Unlock()
	visit(t, addr, l)
	r.Settle()
	if got, want := rec.words(), "c opens, c opens"; got != want || rec.events[1].Conn != 2 {
		t.Errorf("saw %s, want %s", got, want)
	}
}
