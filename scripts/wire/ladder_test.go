package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bothends/shared/lesson/lessontest"
	"bothends/shared/wire"
)

// climb runs steps with a ladder whose view is a file, and returns that.
func climb(t *testing.T, steps func(l *ladder, server, client io.Writer)) string {
	t.Helper()
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		l := newLadder(newView(&out, func() int { return 0 }))
		steps(l, l.Program("server"), starting{l})
		synctest.Wait()
		l.Close()
		l.stop()
	})
	return out.String()
}

// starting is the client, which starts when it first prints.
type starting struct{ *ladder }

func (s starting) Write(b []byte) (int, error) { return s.Program("client").Write(b) }

func open0(l *ladder) { l.open(map[string]string{"127.0.0.1:7": "127.0.0.1:20000"}, func() {}) }

// TestOrder checks that what was printed before a message stands above it.
func TestOrder(t *testing.T) {
	lessontest.Slow(t)
	for _, test := range []struct {
		name  string
		steps func(l *ladder, server, client io.Writer)
		want  string
	}{
		{"a sender's output is above its message", func(l *ladder, server, client io.Writer) {
			open0(l)
			io.WriteString(client, "asking\n")
			l.see(tcp(wire.Client, wire.Data, "a"))
			io.WriteString(server, "answering\n")
			l.see(tcp(wire.Server, wire.Data, "b"))
		}, "client │ asking\n  wire │ client → server  \"a\"\nserver │ answering\n  wire │ server → client  \"b\"\n"},
		{"the server goes first", func(l *ladder, server, client io.Writer) {
			open0(l)
			io.WriteString(client, "from\n")
			time.Sleep(courtesy / 2)
			io.WriteString(server, "connected\n")
		}, "server │ connected\nclient │ from\n"},
		{"but need not", func(l *ladder, server, client io.Writer) {
			open0(l)
			io.WriteString(client, "from\n")
			time.Sleep(2 * courtesy)
			io.WriteString(server, "connected\n")
		}, "client │ from\nserver │ connected\n"},
		{"a connection gives it time", func(l *ladder, server, client io.Writer) {
			open0(l)
			io.WriteString(client, "from\n")
			go func() {
				time.Sleep(courtesy / 2)
				time.Sleep(greeting / 2) // the client's time is over
				io.WriteString(server, "connected\n")
			}()
			l.see(tcp(wire.Client, wire.Opened, ""))
			l.see(tcp(wire.Client, wire.Data, "a"))
		}, "  wire │ client → server  connect\nserver │ connected\nclient │ from\n  wire │ client → server  \"a\"\n"},
		{"what the server says first waits for the doors", func(l *ladder, server, client io.Writer) {
			io.WriteString(server, "listening on 127.0.0.1:7\n")
			synctest.Wait()
			open0(l)
			io.WriteString(client, "from\n")
			time.Sleep(courtesy / 2)
			io.WriteString(server, "connected\n")
		}, "server │ listening on 127.0.0.1:20000\nserver │ connected\nclient │ from\n"},
		{"or for the end", func(l *ladder, server, client io.Writer) {
			io.WriteString(server, "no \xc3")
		}, "server │ no \\xc3\n"},
		{"what is much waits for nothing", func(l *ladder, server, client io.Writer) {
			io.WriteString(server, strings.Repeat("x", mostUnread)+"\n")
			io.WriteString(client, "from\n")
			time.Sleep(2 * courtesy)
		}, "server │ " + strings.Repeat("x", mostUnread) + "\nclient │ from\n"},
	} {
		if got := climb(t, test.steps); got != test.want {
			t.Errorf("%s\ngot:\n%.1000s\nwant:\n%.1000s", test.name, got, test.want)
		}
	}
}

// TestNames checks which addresses show as others, and where.
func TestNames(t *testing.T) {
	got := climb(t, func(l *ladder, server, client io.Writer) {
		open0(l)
		e := udp(wire.Client, wire.Passed, "127.0.0.1:50002 at 127.0.0.1:7")
		e.Kind = wire.Opened
		l.see(e) // the client is 50001, and the server sees 50002
		six := e
		six.Conn, six.Near, six.Far = 2, addr("[::1]:50001"), addr("[::1]:50002")
		l.see(six)
		fmt.Fprintln(server, "127.0.0.1:50002, (127.0.0.1:7) [::1]:50002 x127.0.0.1:50002 127.0.0.1:500022 127.0.0.1:5000 50002 1127.0.0.1:7 [::2]:50002")
		synctest.Wait()
		fmt.Fprintln(client, "127.0.0.1:50002 at 127.0.0.1:7")
		e.Kind = wire.Data
		l.see(e)
	})
	const want = "server │ 127.0.0.1:50001, (127.0.0.1:20000) [::1]:50001 x127.0.0.1:50002 127.0.0.1:500022 127.0.0.1:5000 50002 1127.0.0.1:7 [::2]:50002\n" +
		"client │ 127.0.0.1:50002 at 127.0.0.1:7\n  wire │ client 50001 → server  \"127.0.0.1:50002 at 127.0.0.1:7\"\n"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestAnnounced finds addresses in what a server prints first.
func TestAnnounced(t *testing.T) {
	climb(t, func(l *ladder, server, client io.Writer) {
		io.WriteString(server, "listening on :1\nftp listening on [::1]:2\r\nlistening on :1\nlistening on a:3 not\nlistening on")
		if got := l.announced(":1"); !slices.Equal(got, []string{":1", "[::1]:2"}) {
			t.Errorf("got %q", got)
		}
	})
}

// TestSettled checks that the server's output waits for what is known of its
// clients, also if it comes while other output does.
func TestSettled(t *testing.T) {
	got := climb(t, func(l *ladder, server, client io.Writer) {
		settled := 0
		l.open(nil, func() {
			switch settled++; settled {
			case 1:
				io.WriteString(server, "127.0.0.1:50002 connected\n")
			case 2:
				e := udp(wire.Client, wire.Passed, "")
				e.Kind = wire.Opened
				l.see(e)
			}
		})
		io.WriteString(server, "ready\n")
		synctest.Wait()
	})
	if got != "server │ ready\nserver │ 127.0.0.1:50001 connected\n" {
		t.Errorf("got %q", got)
	}
}

// TestAtOnce has two clients come at once: the server knows of both when the relay
// tells of the first, and what it says of the second must wait.
func TestAtOnce(t *testing.T) {
	got := climb(t, func(l *ladder, server, client io.Writer) {
		told := make(chan struct{})
		l.open(nil, func() { <-told })
		first, second := tcp(wire.Client, wire.Opened, ""), tcp(wire.Client, wire.Opened, "")
		second.Near, second.Far = addr("127.0.0.1:50003"), addr("127.0.0.1:50004")
		io.WriteString(server, "127.0.0.1:50002 connected\n127.0.0.1:50004 connected\n")
		l.see(first)
		l.see(second)
		close(told)
	})
	lines := strings.Split(got, "\n")
	if len(lines) != 5 || lines[1] != "server │ 127.0.0.1:50001 connected" || lines[3] != "server │ 127.0.0.1:50003 connected" {
		t.Errorf("got %q", got)
	}
}

// TestNobodyLooks checks that a program gets to know that nobody reads on.
func TestNobodyLooks(t *testing.T) {
	l := newLadder(newView(broken{}, func() int { return 0 }))
	client := l.Program("client")
	if _, err := io.WriteString(client, "a"); err != nil {
		t.Error("too early:", err)
	}
	l.Close()
	if _, err := io.WriteString(client, "b"); err != io.ErrClosedPipe {
		t.Error("got", err)
	}
	l.stop()
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestDoors opens doors where there is room for them.
func TestDoors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port := split(taken.Addr().String())
	at := func(port int) string { return fmt.Sprint("127.0.0.1:", port) }
	servers := []string{at(7), at(9), at(6)}
	for _, base := range []int{0, port, port - 2, port + 1, 65535} { // the port taken would be the first door, the second, the third
		r, doors, err := open(at(base), servers, wire.Options{})
		if err != nil {
			t.Errorf("at %d: %v", base, err)
			continue
		}
		_, first := split(doors[at(7)])
		if first == base || len(doors) != 3 || doors[at(9)] != at(first+2) || doors[at(6)] != at(first-1) {
			t.Errorf("at %d: %v", base, doors)
		}
		r.Close()
	}
	if _, _, err := open("192.0.2.1:0", servers, wire.Options{}); err == nil {
		t.Error("no error where it cannot be")
	}
}
