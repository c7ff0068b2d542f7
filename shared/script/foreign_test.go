package script

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson"
	"bothends/shared/lesson/lessontest"
)

// accuse runs a script against a program of somebody's, which does certain
// steps, and returns what it is blamed for, or nil.
func accuse(t *testing.T, patience time.Duration, steps []string, script string) *Failure {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "place")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	var failure *Failure
	f := Foreign{
		Command:  func(string) ([]string, error) { return append([]string{executable("party")}, steps...), nil },
		Dir:      dir,
		Start:    2 * patience,
		Patience: patience,
		Limit:    3 * patience,
		Report:   func(f Failure) { failure = &f },
	}
	stage := perform(t, f.Params(), script)
	if stage.failed != (failure != nil) {
		t.Fatalf("failed: %v, blamed: %v\n%s", stage.failed, failure, &stage.log)
	}
	return failure
}

func TestForeign(t *testing.T) {
	t.Parallel()
	const serve = "serve server -addr 127.0.0.1:4000\n"
	const tcp = serve + "dial peer tcp 127.0.0.1:4000\n"
	const udp = serve + "dial peer udp 127.0.0.1:4000\n"
	const short = 500 * time.Millisecond // until somebody is blamed
	for _, test := range []struct {
		name, steps, script string
		check               func(f Failure) bool // nil: it passes
	}{
		{"answers", `tcp out=ready\n accept read write=OK hang`, tcp + "send peer hello\nrecv peer OK\nsilent peer 50ms", nil},
		{"answers over UDP", `udp out=ready\n receive answer=OK receive answer= hang`, udp + "send peer hello\nrecv peer OK\nsend peer ''\nrecv peer ''", nil},
		{"listens late", `late out=ready\n hang`, tcp + "recv peer hello", nil},
		{"environment", `udp env receive answer=x hang`, "env OURS=no\n" + udp + "send peer x\nrecv peer x", nil},
		{"a client", `dial=tcp write=hello read close`,
			"listen door tcp 127.0.0.1:4000\nopen client -addr 127.0.0.1:4000\naccept peer door\nrecv peer hello\nsend peer OK\neof peer\nends client\nharmless client", nil},

		{"ends at once", `exit=3`, serve, func(f Failure) bool {
			return f.Kind == NoLine && errors.Is(f.Err, lesson.ErrEnded) && f.Programs[0].Ended && f.Programs[0].State == "exit status 3"
		}},
		{"dies slowly", `out=Traceback\x20(most\n linger out=oh\n exit=1`, serve, func(f Failure) bool {
			return f.Kind == NoLine && errors.Is(f.Err, lesson.ErrEnded) && strings.HasSuffix(f.Programs[0].Text, "oh\n")
		}},
		{"half a line", `tcp out=ready hang`, serve, func(f Failure) bool {
			return f.Kind == NoLine && f.Listens && f.Programs[0].Text == "ready\n" && !f.Programs[0].Ended && f.Took >= 2*short
		}},
		{"no line, no listener", `hang`, serve, func(f Failure) bool { return f.Kind == NoLine && !f.Listens }},
		{"never listens", `out=ready\n hang`, tcp, func(f Failure) bool {
			return f.Kind == Refused && wasRefused(f.Err) && !f.Reached && f.Network == "tcp" && f.Name == "server"
		}},
		{"listens once", `tcp out=ready\n accept unlisten write=x hang`, tcp + "recv peer x\ndial other tcp 127.0.0.1:4000", func(f Failure) bool {
			return f.Kind == Refused && f.Reached
		}},
		{"listens over UDP only", `udp out=ready\n receive answer=OK hang`, udp + "send peer x\nrecv peer OK\ndial other tcp 127.0.0.1:4000", func(f Failure) bool {
			return f.Kind == Refused && !f.Reached && f.Over == "udp" && f.Ports == 1
		}},
		{"ends after one", `tcp out=ready\n accept read write=OK`, tcp + "send peer x\nrecv peer OK\neof peer\nends server\ndial other tcp 127.0.0.1:4000", func(f Failure) bool {
			return f.Kind == Refused && f.Reached && f.Programs[0].State == "exit status 0"
		}},
		{"says something else", `tcp out=ready\n accept read write=Err hang`, tcp + "send peer hello\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && string(f.Sent) == "hello" && string(f.Want) == "OK" && string(f.Came) == "Err" && f.Err == nil
		}},
		{"says more", `tcp out=ready\n accept read write=OK\n hang`, tcp + "send peer hello\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && string(f.Came) == "OK\n"
		}},
		{"says half", `tcp out=ready\n accept read write=O hang`, tcp + "send peer hello\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && string(f.Came) == "O" && errors.Is(f.Err, os.ErrDeadlineExceeded) && f.Took >= short
		}},
		{"answers the first only", `tcp out=ready\n accept read write=OK hang`, tcp + "send peer a\nrecv peer OK\nsend peer b\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && len(f.Came) == 0 && len(f.Earlier) == 1 && string(f.Earlier[0]) == "OK" && string(f.Sent) == "b" && len(f.Late) == 0
		}},
		{"answers at the end", `tcp out=ready\n accept all write=OK close hang`, tcp + "send peer a\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && len(f.Came) == 0 && string(f.Late) == "OK"
		}},
		{"hangs up", `tcp out=ready\n accept read close hang`, tcp + "send peer a\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && errors.Is(f.Err, io.EOF)
		}},
		{"breaks off", `tcp out=ready\n accept read reset hang`, tcp + "send peer a\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && wasReset(f.Err)
		}},
		{"dies", `tcp out=ready\n accept read out=oh\n exit=1`, tcp + "send peer a\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && f.Programs[0].Ended && f.Programs[0].Text == "ready\noh\n"
		}},
		{"nobody over UDP", `out=ready\n hang`, udp + "send peer a\nrecv peer OK", func(f Failure) bool {
			return f.Kind == Differs && f.Network == "udp" && wasRefused(f.Err)
		}},
		{"never hangs up", `tcp out=ready\n accept read write=OK hang`, tcp + "send peer a\nrecv peer OK\neof peer", func(f Failure) bool {
			return f.Kind == NoEnd && errors.Is(f.Err, os.ErrDeadlineExceeded) && len(f.Came) == 0
		}},
		{"says more before the end", `tcp out=ready\n accept read write=OK read write=! close hang`, tcp + "send peer a\nrecv peer OK\nsend peer b\neof peer", func(f Failure) bool {
			return f.Kind == NoEnd && string(f.Came) == "!"
		}},
		{"talks", `tcp out=ready\n accept read write=OK hang`, tcp + "send peer a\nsilent peer 5s", func(f Failure) bool {
			return f.Kind == NotSilent && string(f.Came) == "OK"
		}},
		{"says more a moment later", `tcp out=ready\n accept read write=OK time=0s hang`, tcp + "send peer a\nrecv peer OK\nsilent peer 5s", func(f Failure) bool {
			return f.Kind == Differs && string(f.Want) == "OK" && strings.HasPrefix(string(f.Came), "OK") && len(f.Came) == 26
		}},
		{"tells the time", `tcp out=ready\n accept time=0s write=\n close hang`, tcp + "recvtime peer\neof peer", nil},
		{"tells it in pieces", `tcp out=ready\n accept time=0s write= write=\n hang`, tcp + "recvtime peer\nsilent peer 50ms", nil},
		{"an hour off", `tcp out=ready\n accept time=-1h write=\n close hang`, tcp + "recvtime peer", func(f Failure) bool {
			return f.Kind == Differs && !f.Clock.IsZero() && len(f.Came) == 25 && len(f.Want) == 25 && f.Err == nil
		}},
		{"late by seconds", `tcp out=ready\n accept time=-4s write=\n close hang`, tcp + "recvtime peer", func(f Failure) bool {
			return f.Kind == Differs && !f.Clock.IsZero()
		}},
		{"no newline", `tcp out=ready\n accept time=0s close hang`, tcp + "recvtime peer", func(f Failure) bool {
			return f.Kind == Differs && len(f.Came) == 24 && errors.Is(f.Err, io.EOF)
		}},
		{"waits to be asked", `tcp out=ready\n accept all time=0s close hang`, tcp + "recvtime peer", func(f Failure) bool {
			return f.Kind == Differs && len(f.Came) == 0 && f.Sent == nil && len(f.Late) == 24
		}},
		{"steers", `out=\x1b[2J\n hang`, serve + "harmless server", func(f Failure) bool {
			return f.Kind == Steers && string(f.Came) == "\x1b[2J\n" && f.Programs[0].Text == "␛[2J\n"
		}},
		{"does not connect", `hang`, "listen door tcp 127.0.0.1:4000\nopen client -addr 127.0.0.1:4000\naccept peer door", func(f Failure) bool {
			return f.Kind == NoClient && f.Name == "client" && errors.Is(f.Err, os.ErrDeadlineExceeded)
		}},
		{"sends nothing", `hang`, "block 127.0.0.1:4000 1\nlisten door udp 127.0.0.1:4001\nopen client -addr 127.0.0.1:4000\nrecv door", func(f Failure) bool {
			_, at, _ := splitPort(f.Addr)
			_, given, _ := splitPort(f.Given)
			return f.Kind == NoClient && f.Network == "udp" && f.Name == "client" && at != given && len(at) == len(given)
		}},
		{"ends, and sent nothing", `exit=1`, "listen door udp 127.0.0.1:4001\nopen client -addr 127.0.0.1:4001\nrecv door x", func(f Failure) bool {
			return f.Kind == NoClient && f.Network == "udp" && f.Took < short && f.Programs[0].State == "exit status 1"
		}},
		{"ends, and has sent", `dial=udp write=x exit=0`, "listen door udp 127.0.0.1:4001\nopen client -addr 127.0.0.1:4001\nrecv door x\nends client", nil},
		{"ends, and sent one", `dial=udp write=x exit=0`, "listen door udp 127.0.0.1:4001\nopen client -addr 127.0.0.1:4001\nrecv door x\nrecv door x", func(f Failure) bool {
			return f.Kind == Differs && f.Took < short && f.Programs[0].State == "exit status 0"
		}},
		{"ends, and did not connect", `exit=1`, "listen door tcp 127.0.0.1:4000\nopen client -addr 127.0.0.1:4000\naccept peer door", func(f Failure) bool {
			return f.Kind == NoClient && f.Programs[0].State == "exit status 1"
		}},
		{"does not end", `dial=tcp hang`, "listen door tcp 127.0.0.1:4000\nopen client -addr 127.0.0.1:4000\naccept peer door\nends client", func(f Failure) bool {
			return f.Kind == StillThere && f.Took > short
		}},
		{"steers, and has ended", `out=\x1b[2J`, "open client -addr 127.0.0.1:4000\nends client\nharmless client", func(f Failure) bool {
			return f.Kind == Steers
		}},
		{"ends well", `out=x exit=0`, "open client -addr 127.0.0.1:4000\nends client 0", nil},
		{"ends badly, as it may", `exit=1`, "open client -addr 127.0.0.1:4000\nends client", nil},
		{"ends badly", `out=x exit=1`, "open client -addr 127.0.0.1:4000\nends client 0", func(f Failure) bool {
			return f.Kind == BadEnd && f.Name == "client" && len(f.Programs) == 1 && f.Programs[0].State == "exit status 1"
		}},
		{"ends badly, as it must", `exit=1`, "open client -addr 127.0.0.1:4000\n! ends client", nil},
		{"ends well, and must not", `out=x exit=0`, "open client -addr 127.0.0.1:4000\n! ends client", func(f Failure) bool {
			return f.Kind == GoodEnd && f.Name == "client" && len(f.Programs) == 1 && f.Programs[0].State == "exit status 0"
		}},
		{"floods", `tcp flood=aaaaaaaa out=\n hang`, tcp + "eof peer", func(f Failure) bool {
			return f.Kind == NoEnd && len(f.Programs[0].Text) <= most+100 && strings.HasSuffix(f.Programs[0].Text, "(it printed more than that)\n")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			patience := 5 * time.Second
			if test.check != nil {
				lessontest.Slow(t) // somebody is waited for
				patience = short
			}
			f := accuse(t, patience, strings.Fields(test.steps), test.script)
			switch {
			case test.check == nil && f != nil:
				t.Errorf("blamed for %+v", *f)
			case test.check != nil && f == nil:
				t.Error("not blamed")
			case test.check != nil && !test.check(*f):
				t.Errorf("blamed for %+v", *f)
			}
		})
	}
}

// TestForeignPlace checks where a program runs, and with what around it.
func TestForeignPlace(t *testing.T) {
	t.Setenv("OURS", "yes")
	f := accuse(t, time.Second, []string{"env", "exit"}, "env OURS=no\nserve server -addr 127.0.0.1:4000\ndial peer tcp 127.0.0.1:4000")
	if f == nil || f.Programs[0].Text != "1 place yes\n" {
		t.Errorf("blamed for %+v", f)
	}
}

func TestForeignNotStarted(t *testing.T) {
	t.Parallel()
	var failure *Failure
	f := Foreign{
		Command: func(string) ([]string, error) { return []string{"no such program"}, nil },
		Start:   time.Second, Patience: time.Second,
		Report: func(f Failure) { failure = &f },
	}
	stage := perform(t, f.Params(), "serve server -addr 127.0.0.1:4000")
	if failure == nil || failure.Kind != NotStarted || !strings.Contains(failure.Err.Error(), "no such program") {
		t.Errorf("blamed for %+v\n%s", failure, &stage.log)
	}
}

func TestWaited(t *testing.T) {
	s := &session{cast: &cast{foreign: &Foreign{Start: 5 * time.Second, Patience: time.Second}}}
	for took, want := range map[time.Duration]time.Duration{
		time.Millisecond: time.Millisecond, time.Second: time.Second,
		1800 * time.Millisecond: time.Second, 6 * time.Second: 5 * time.Second,
	} {
		if got := s.waited(took); got != want {
			t.Errorf("%v: got %v, want %v", took, got, want)
		}
	}
}

func TestFill(t *testing.T) {
	for _, test := range []struct{ line, addr, want string }{
		{"a b", "127.0.0.1:80", "a b -addr 127.0.0.1:80"},
		{"a {addr} b", "127.0.0.1:80", "a 127.0.0.1:80 b"},
		{"a {host} {port}", "127.0.0.1:80", "a 127.0.0.1 80"},
		{"a --at={host}/{port}", "[::1]:80", "a --at=::1/80"},
	} {
		if got := strings.Join(fill(strings.Fields(test.line), test.addr), " "); got != test.want {
			t.Errorf("%s: got %s, want %s", test.line, got, test.want)
		}
	}
}

// TestFree checks that all of a block is free, and that nobody's port is taken
// for free.
func TestFree(t *testing.T) {
	n := newNames()
	n.block = &block{base: 10000, ports: []int{10001, 10003}}
	real, err := n.free("10000")
	if err != nil {
		t.Fatal(err)
	}
	base, _ := strconv.Atoi(real)
	for shown, want := range map[string]int{"10000": base, "10001": base + 1, "10003": base + 3} {
		if n.real[shown] != strconv.Itoa(want) {
			t.Errorf("%s is %s, want %d", shown, n.real[shown], want)
		}
	}
	if m, err := mark(real); err == nil && runtime.GOOS == "linux" {
		m.Close()
		t.Errorf("another process could have been promised port %s as well", real)
	}
	other := newNames()
	if !other.promisedToOthers(real) || n.promisedToOthers(real) || other.hold(real, false) {
		t.Errorf("port %s is promised to nobody, or to everybody", real)
	}
	for _, network := range []string{"tcp", "udp"} {
		var c io.Closer
		var addr net.Addr
		if network == "tcp" {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			c, addr = l, l.Addr()
		} else {
			p, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			c, addr = p, p.LocalAddr()
		}
		_, port, _ := splitPort(addr.String())
		if isFree(port) {
			t.Errorf("port %s counts as free, and is taken over %s", port, network)
		}
		c.Close()
	}
	// A connection that has ended leaves its server's port in TIME_WAIT.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	conn.Close()
	client.Read(make([]byte, 1))
	client.Close()
	if _, port, _ := splitPort(l.Addr().String()); runtime.GOOS == "linux" && isFree(port) {
		t.Errorf("port %s counts as free, and rests from its last connection", port)
	}
	if !isFree(real) {
		t.Errorf("port %s was free a moment ago", real)
	}
	n.close()
	if other.promisedToOthers(real) {
		t.Errorf("port %s is still promised, and its script is over", real)
	}
	m, err := mark(real)
	if err != nil {
		t.Fatalf("port %s is still marked: %v", real, err)
	}
	defer m.Close()
	if runtime.GOOS == "linux" && other.promise(base) {
		t.Errorf("port %s is promised, and another process has marked it", real)
	}
}
