package check

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson"
	"bothends/shared/script"
)

// TestMain lets the test's executable be the program that is checked: one that
// sends back what comes over TCP, in capitals if SHOUT is set.
func TestMain(m *testing.M) {
	if addr := os.Getenv("PROGRAM"); addr != "" {
		l, err := net.Listen("tcp", os.Args[len(os.Args)-1])
		if err != nil {
			panic(err)
		}
		fmt.Println("here")
		for {
			conn, err := l.Accept()
			if err != nil {
				panic(err)
			}
			buf := make([]byte, 1024)
			for {
				n, err := conn.Read(buf)
				if err != nil {
					break
				}
				text := string(buf[:n])
				if strings.HasPrefix(text, "!") {
					text = strings.ToUpper(text)
				}
				io.WriteString(conn, text)
			}
			conn.Close()
		}
	}
	os.Setenv("PROGRAM", "yes")
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set("12") // programs wait more than they work
	}
	os.Exit(m.Run())
}

const checks = `# It is there.
# Hint: Be there.
# See: Being
serve server -addr 127.0.0.1:4000
dial peer tcp 127.0.0.1:4000

# It sends back
# what came.
# Hint: Send it.
# See: Sending
send peer hello
recv peer hello
%s
# It does so again.
# Hint: Loop.
# See: Sending
send peer hello
recv peer hello
`

// report runs checks, of which one line is to be put in, against our program.
func report(t *testing.T, line string) (*Report, error) {
	t.Helper()
	t.Parallel()
	file := filepath.Join(t.TempDir(), "server.txtar")
	if err := os.WriteFile(file, fmt.Appendf(nil, checks, line), 0o666); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &Report{Title: "01-x", Page: "lessons/01-x/README.md", Commands: map[string]string{"server": "./x"}}
	err = r.Run([]string{file}, script.Foreign{
		Command: func(string) ([]string, error) { return []string{exe}, nil },
		Dir:     t.TempDir(), Start: 10 * time.Second, Patience: 5 * time.Second,
	}, t.TempDir())
	return r, err
}

func TestPassed(t *testing.T) {
	r, err := report(t, "")
	if err != nil || r.Failed() != nil || len(r.Phases) != 3 || r.Took == 0 {
		t.Fatalf("%+v, error %v", r, err)
	}
	var b strings.Builder
	r.Text(&b, Full)
	if want := "01-x, the server: ./x\n  ok    It is there.\n  ok    It sends back what came.\n  ok    It does so again.\n\nAll 3 promises kept.\n"; b.String() != want {
		t.Errorf("got:\n%s", b.String())
	}
	b.Reset()
	if err := r.JSON(&b, Full); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version int
		Status  string
		Tests   []struct{ Name, Status string }
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil || got.Version != 3 || got.Status != "pass" ||
		len(got.Tests) != 3 || got.Tests[1].Name != "server: It sends back what came." || got.Tests[1].Status != "pass" {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestFailed(t *testing.T) {
	r, err := report(t, "send peer !ok\nrecv peer !ok\n")
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Failed(); p == nil || p.Name != "It sends back what came." || r.Phases[0].Status != Passed || r.Phases[2].Status != NotRun {
		t.Fatalf("%+v", r.Phases)
	}
	text := func(reveal Reveal) string {
		var b strings.Builder
		r.Text(&b, reveal)
		return b.String()
	}
	const head = "01-x, the server: ./x\n  ok    It is there.\n  FAIL  It sends back what came.\n"
	const tail = "\nThe last one was not tried.\n"
	if got, want := text(Full), head+`
    sent    "!ok" (length 3)
    wanted  "!ok" (length 3)
    came    "!OK" (length 3)

    wanted  21 6f 6b                                         |!ok|
    came    21 4f 4b                                         |!OK|
               ^ byte 2

  Why   The letters are right; which of them are capitals is not.
  Hint  Send it.
  See   “Sending” in lessons/01-x/README.md

  The server printed (still ran):
    here
`+tail; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got, want := text(Actual), head+`
    sent    "!ok" (length 3)
    came    "!OK" (length 3)

  See   “Sending” in lessons/01-x/README.md

  The server printed (still ran):
    here
`+tail; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got, want := text(None), head+tail; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}

	for _, reveal := range []Reveal{Full, None} {
		var b strings.Builder
		if err := r.JSON(&b, reveal); err != nil {
			t.Fatal(err)
		}
		var results struct {
			Status string
			Tests  []struct {
				Status  string
				Message *string
			}
		}
		if err := json.Unmarshal([]byte(b.String()), &results); err != nil || results.Status != "fail" ||
			results.Tests[1].Status != "fail" || results.Tests[2].Status != "error" ||
			(results.Tests[1].Message != nil) != (reveal == Full) {
			t.Errorf("%v\n%s", err, b.String())
		}
		b.Reset()
		if err := r.JUnit(&b, reveal); err != nil {
			t.Fatal(err)
		}
		var suite struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Skipped  int `xml:"skipped,attr"`
			Cases    []struct {
				Name    string  `xml:"name,attr"`
				Failure *string `xml:"failure"`
			} `xml:"testcase"`
		}
		if err := xml.Unmarshal([]byte(b.String()), &suite); err != nil || suite.Tests != 3 || suite.Failures != 1 || suite.Skipped != 1 ||
			suite.Cases[1].Failure == nil || strings.Contains(*suite.Cases[1].Failure, "capitals") != (reveal == Full) {
			t.Errorf("%v\n%s", err, b.String())
		}
	}
}

// TestOwnFault checks that a script that is wrong itself blames nobody.
func TestOwnFault(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"nonsense\n", "send nobody x\n", "recv peer '\\x'\n"} {
		t.Run(line, func(t *testing.T) {
			if r, err := report(t, line); err == nil || !strings.Contains(err.Error(), "failed by itself") {
				t.Errorf("error %v, %+v", err, r.Failed())
			}
		})
	}
}

// TestForged checks a program that prints what package testscript would.
func TestForged(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("it has no program echo")
	}
	file := filepath.Join(t.TempDir(), "client.txtar")
	const checks = "# It ends, and comes.\nopen client -addr 127.0.0.1:4000\nends client\nlisten door tcp 127.0.0.1:4001\nopen client@2 -addr 127.0.0.1:4001\naccept peer door\n"
	if err := os.WriteFile(file, []byte(checks), 0o666); err != nil {
		t.Fatal(err)
	}
	var r Report
	err := r.Run([]string{file}, script.Foreign{
		Command: func(string) ([]string, error) {
			return []string{"echo", "FAIL: " + file + ":9999: hello\nFAIL: x"}, nil
		},
		Dir: t.TempDir(), Start: 10 * time.Second, Patience: 5 * time.Second,
	}, t.TempDir())
	if p := r.Failed(); err != nil || p == nil || p.Name != "It ends, and comes." {
		t.Errorf("failed: %+v, error %v", p, err)
	}
}

func TestPhases(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"other.txtar", "# A.\nserve x\n", "must begin with server or client"},
		{"server.txtar", "# A.\nserve x\nstop 'well done'\n", "server.txtar:3: checks have no conditions, and do not stop"},
		{"server.txtar", "# A.\n[windows] skip\n", "server.txtar:2: checks have no conditions, and do not stop"},
		{"server.txtar", "\nserve x\n# A.\n", "server.txtar:2: say in a comment above what is promised"},
		{"client-late.txtar", "\n-- x --\n", "promises nothing"},
	} {
		file := filepath.Join(t.TempDir(), test.name)
		if err := os.WriteFile(file, []byte(test.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got, err := Phases(file); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, error %v", test.name, got, err)
		}
	}
}

// TestCause goes through what can be told from outside.
func TestCause(t *testing.T) {
	refused := errors.New("refused")
	printed := func(text, state string) []script.Printed {
		return []script.Printed{{Name: "server", Text: text, Ended: state != "", State: state}}
	}
	for _, test := range []struct {
		f    script.Failure
		want string
	}{
		{script.Failure{Kind: script.NotStarted, Err: errors.New("no such file")}, "could not be started: no such file"},
		{script.Failure{Kind: script.NoLine, Err: lesson.ErrEnded, Programs: printed("Traceback\nOSError: oh\n", "exit status 1")}, "ended (exit status 1), and nobody listens. Its last words: OSError: oh"},
		{script.Failure{Kind: script.NoLine, Err: lesson.ErrEnded, Programs: printed("oh", "exit status 1")}, "ended (exit status 1) before it had printed a line. Its last words: oh"},
		{script.Failure{Kind: script.NoLine, Err: lesson.ErrEnded, Programs: printed("node:events:495\n      throw er;\n\nError: listen EACCES\n    at x\n}\n\nNode.js v20.20.2\n", "exit status 1")}, "Its last words: Error: listen EACCES"},
		{script.Failure{Kind: script.BadEnd, Programs: printed("on\npanic: out of range\n\ngoroutine 1 [running]:\nmain.main()\n\tmain.go:1 +0x73\nexit status 2\n", "exit status 2")}, "Its last words: panic: out of range"},
		{script.Failure{Kind: script.NoLine, Err: lesson.ErrEnded, Addr: "127.0.0.1:80", Programs: printed("OSError: [Errno 98] Address already in use", "exit status 1")}, "another program has an address that it wants. What it was given, 127.0.0.1:80, was free"},
		{script.Failure{Kind: script.NoLine, Err: os.ErrDeadlineExceeded, Took: 3 * time.Second, Listens: true}, "It listens at , and for 3s no line of it has come. Print a line when you listen, and flush it"},
		{script.Failure{Kind: script.NoLine, Err: os.ErrDeadlineExceeded, Programs: printed("waiting\n", "")}, "the end of the line is missing"},
		{script.Failure{Kind: script.NoLine, Err: os.ErrDeadlineExceeded, Addr: "127.0.0.1:80"}, "nobody listens at 127.0.0.1:80. Print a line"},
		{script.Failure{Kind: script.Refused, Network: "tcp", Err: refused, Addr: "127.0.0.1:14000", Programs: printed("on port 5000\n", "")}, "It speaks of port 5000"},
		{script.Failure{Kind: script.Refused, Network: "tcp", Err: refused, Addr: "127.0.0.1:14000", Programs: printed("on 127.0.0.1:14000\n", "")}, "over the right protocol, TCP"},
		{script.Failure{Kind: script.Refused, Network: "tcp", Err: refused, Reached: true}, "Keep the listening socket open"},
		{script.Failure{Kind: script.Refused, Network: "tcp", Err: refused, Reached: true, Programs: printed("", "exit status 0")}, "It served one client. Accept the next one"},
		{script.Failure{Kind: script.Refused, Network: "tcp", Err: os.ErrDeadlineExceeded, Took: time.Second}, "No connection"},
		{script.Failure{Kind: script.NoClient, Err: os.ErrDeadlineExceeded, Addr: "127.0.0.1:80"}, "has not connected to 127.0.0.1:80"},
		{script.Failure{Kind: script.NoClient, Err: os.ErrDeadlineExceeded, Programs: printed("panic: oh\n", "exit status 2")}, "never connected to , the address that it was given. Its last words: panic: oh"},
		{script.Failure{Kind: script.Refused, Network: "tcp", Err: refused, Addr: "127.0.0.1:14021", Given: "127.0.0.1:14000", Programs: printed("port 9999\n", "")}, "127.0.0.1:14021, 21 above the address that it was given. Does it take the address from its arguments, add 21 to the port"},
		{script.Failure{Kind: script.NoClient, Network: "tcp", Err: os.ErrDeadlineExceeded, Addr: "127.0.0.1:90", Given: "127.0.0.1:80"}, "has not connected to 127.0.0.1:90, 10 above the address"},
		{script.Failure{Kind: script.NoClient, Network: "udp", Err: os.ErrDeadlineExceeded, Addr: "127.0.0.1:90", Given: "127.0.0.1:80"}, "has sent no datagram to 127.0.0.1:90, 10 above"},
		{script.Failure{Kind: script.NoClient, Network: "udp", Err: os.ErrDeadlineExceeded, Addr: "127.0.0.1:90", Given: "127.0.0.1:80", Programs: printed("", "exit status 0")}, "ended (exit status 0) and sent no datagram to 127.0.0.1:90, 10 above"},
		{script.Failure{Kind: script.NoClient, Err: os.ErrDeadlineExceeded, Programs: printed("x.js:1\nRangeError [ERR_OUT_OF_RANGE]: too far\n    at a (b:1)\n\nNode.js v20.0.0\n", "exit status 1")}, "Its last words: RangeError [ERR_OUT_OF_RANGE]: too far"},
		{script.Failure{Kind: script.Differs, Why: "Its ID is 0000."}, "Its ID is 0000."},
		{script.Failure{Kind: script.NoEnd, Came: []byte("\r\n")}, "came the end of a line (0d 0a)"},
		{script.Failure{Kind: script.NoEnd, Came: []byte("!")}, "More came"},
		{script.Failure{Kind: script.NoEnd, Err: os.ErrDeadlineExceeded, Took: 2 * time.Second}, "keeps the connection open: for 2s"},
		{script.Failure{Kind: script.NoEnd, Err: refused}, "broken off, not closed"},
		{script.Failure{Kind: script.NotSilent, Err: io.EOF}, "closed the connection, which was to stay open"},
		{script.Failure{Kind: script.NotSilent, Came: []byte("x")}, `sent "x" (length 1), though nothing`},
		{script.Failure{Kind: script.StillThere, Took: 10 * time.Second}, "after 10s it still ran"},
		{script.Failure{Kind: script.BadEnd, Programs: printed("Traceback\nTypeError: oh\n", "exit status 1")}, "It ended with exit status 1, though nothing had gone wrong. Its last words: TypeError: oh"},
		{script.Failure{Kind: script.BadEnd, Programs: printed("oh\n", "signal: killed")}, "It was ended by a signal: killed, though nothing had gone wrong."},
		{script.Failure{Kind: script.GoodEnd, Programs: printed("", "exit status 0")}, "with exit status 0, which says that all went well"},
		{script.Failure{Kind: script.Steers}, "control characters"},
		{script.Failure{Kind: script.Broken, Network: "tcp", Err: refused}, "broke the connection off"},
		{differing("OK\n", nil), "the end of a line (0a). Nothing on this wire"},
		{script.Failure{Kind: script.Differs, Network: "tcp", Want: []byte("hi\n"), Came: []byte("hi\n\n")}, "One end of a line too many."},
		{script.Failure{Kind: script.Differs, Network: "tcp", Want: []byte("hi\n"), Came: []byte("\nhi\n"), Earlier: [][]byte{[]byte("hi\n")}}, "left over from what it sent before. One end of a line too many."},
		{script.Failure{Kind: script.NoEnd, Came: []byte("\n"), Earlier: [][]byte{[]byte("hi\n")}}, "One end of a line too many."},
		{script.Failure{Kind: script.Differs, Network: "tcp", Want: []byte("hi\n"), Came: []byte("hi\r\n")}, "with two bytes, 0d 0a, in most languages \\r\\n. Here it ends with one: 0a alone"},
		{script.Failure{Kind: script.Refused, Network: "tcp", Err: refused, Addr: "127.0.0.1:80", Over: "udp"}, "Nobody listens at 127.0.0.1:80 over TCP, where it answers over UDP. Listen at the same port over both."},
		{script.Failure{Kind: script.NoLine, Err: lesson.ErrEnded, Programs: printed("here\n", "signal: aborted (core dumped)")}, "Its last words: here"},
		{differing("\nOK", nil, "OK"), "left over from what it sent before"},
		{differing("OK\x00", nil), "a byte 0"},
		{differing("ok", nil), "capitals"},
		{differing("ok \n", nil), "Capital letters differ, and so does white space"},
		{differing(" OK", nil), "white space"},
		{differing("hello", nil), "sent back what it got"},
		{differing("b'OK'", nil), "quotes and all"},
		{differing("Err", nil, "Err", "Err"), "the same each time"},
		{differing("OKOK", nil), "2 bytes too much"},
		{script.Failure{Kind: script.Differs, Network: "udp", Want: []byte("\x00\x05\x00"), Came: []byte{}}, "3 bytes were to come, a byte 0 among them, and it sent only what stands before that: 0 bytes"},
		{script.Failure{Kind: script.Differs, Network: "tcp", Want: []byte("220\r\n"), Came: []byte("220\n")}, "ends with one byte, 0a"},
		{script.Failure{Kind: script.Differs, Network: "tcp", Want: []byte("220"), Err: os.ErrDeadlineExceeded, Ports: 2}, "Does it wait at another of its ports"},
		{script.Failure{Kind: script.Differs, Network: "tcp", Want: []byte("220"), Err: os.ErrDeadlineExceeded, Ports: 2, Others: true}, "Does it accept a client while another is there"},
		{differing("O", nil), "Of 2 bytes, the first 1 came. Is its buffer too small"},
		{differing("O", os.ErrDeadlineExceeded), "the first 1 came, and then nothing"},
		{differing("O", io.EOF), "the first 1 came, and then the end of the stream"},
		{differing("", nil), "an empty datagram"},
		{differing("", io.EOF), "closed the connection where an answer was wanted"},
		{differing("", os.ErrDeadlineExceeded), "Did it receive"},
		{differing("", os.ErrDeadlineExceeded, "OK"), "answered once before"},
		{differing("Nonsense", nil), ""},
	} {
		test.f.Name = "server"
		got := Cause(test.f)
		if !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%+v\ngot:  %s\nwant: %s", test.f, got, test.want)
		}
	}
}

// differing is a failure in which OK was wanted, hello was sent, and something
// came.
func differing(came string, err error, earlier ...string) script.Failure {
	f := script.Failure{Kind: script.Differs, Name: "server", Network: "tcp",
		Sent: []byte("hello"), Want: []byte("OK"), Came: []byte(came), Err: err}
	for _, e := range earlier {
		f.Earlier = append(f.Earlier, []byte(e))
	}
	return f
}

// TestClient goes through what is told of a client only, whatever its label.
func TestClient(t *testing.T) {
	for _, test := range []struct {
		came string
		err  error
		want string
	}{
		{"OK\n", nil, "The line that was typed ends with it"},
		{"OKhello", nil, `Behind "OK" (length 2) came "hello" (length 5), before anything was answered`},
		{"", os.ErrDeadlineExceeded, "Does it send before it receives?"},
		{"", io.EOF, "closed the connection where something was wanted"},
	} {
		f := differing(test.came, test.err)
		f.Name, f.Sent = "client@anna", nil
		if got := Cause(f); !strings.Contains(got, test.want) {
			t.Errorf("%q: %s", test.came, got)
		}
	}
}

// TestNoAnswers checks that nothing is said of answers that a client owes.
func TestNoAnswers(t *testing.T) {
	for _, sent := range []string{"", "OK"} {
		for _, came := range []string{"", "OK", "more"} {
			for _, late := range []string{"", "OK"} {
				f := differing(came, os.ErrDeadlineExceeded, "more")
				f.Name, f.Sent, f.Late = "client", []byte(sent), []byte(late)
				if sent == "" {
					f.Sent = nil
				}
				if got := Cause(f); strings.Contains(got, "answered") || strings.Contains(got, "the answer depend") || strings.Contains(got, "before it answers") {
					t.Errorf("%q, %q, %q: %s", sent, came, late, got)
				}
			}
		}
	}
}

// TestKilled checks that what a killed program had printed is not called its
// last words.
func TestKilled(t *testing.T) {
	got := Cause(script.Failure{Kind: script.NoLine, Name: "server", Err: lesson.ErrEnded,
		Programs: []script.Printed{{Name: "server", Text: "here\nsignal: segmentation fault (core dumped)\n", Ended: true, State: "signal: segmentation fault (core dumped)"}}})
	if want := "It ended (signal: segmentation fault (core dumped)), and nobody listens."; got != want {
		t.Errorf("got %s", got)
	}
}

func TestWrap(t *testing.T) {
	if got, want := wrap(`It sent "a  b".`, "  Why   "), "  Why   It sent \"a  b\".\n"; got != want {
		t.Errorf("got %q", got)
	}
	if got, want := wrap(strings.Repeat("a", 70)+"\nb", ""), strings.Repeat("a", 70)+" b\n"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestLate(t *testing.T) {
	f := differing("", os.ErrDeadlineExceeded)
	f.Late = []byte("OK")
	if got := Cause(f); !strings.Contains(got, "flush after each message") {
		t.Error(got)
	}
	f.Sent = nil
	if got := Cause(f); !strings.Contains(got, `send nothing, "OK" (length 2). Either`) || !strings.Contains(got, "waits for something from this end first") {
		t.Error(got)
	}
	f.Sent = []byte("hello")
	f.Late = []byte("hm")
	if got := Cause(f); !strings.Contains(got, `send no more, "hm"`) {
		t.Error(got)
	}
}

func TestDump(t *testing.T) {
	long := strings.Repeat("a", 100)
	for _, test := range []struct{ want, came, dump string }{
		{"OK", "OK\n", "wanted  4f 4b                                            |OK|\ncame    4f 4b 0a                                         |OK.|\n              ^ byte 3\n"},
		{"è", "e", "wanted  c3 a8                                            |..|\ncame    65                                               |e|\n        ^ byte 1\n"},
		{long + "b", long + "c", "wanted  61 61 61 61 62                                   |aaaab|\ncame    61 61 61 61 63                                   |aaaac|\n                    ^ byte 101\n"},
	} {
		if got := dump([]byte(test.want), []byte(test.came)); got != test.dump {
			t.Errorf("got:\n%s\nwant:\n%s", got, test.dump)
		}
	}
}

func TestLines(t *testing.T) {
	if got := lines("came  ", "a\n\x1bb"); got != "came  a\n      ␛b\n" {
		t.Errorf("got:\n%s", got)
	}
	if got := lines("", strings.Repeat("a\n", 13)+"b"); got != strings.Repeat("a\n", 11)+"(3 lines more)\n" {
		t.Errorf("got:\n%s", got)
	}
	if got, want := rows(make([]byte, 17)), "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n00\n"; got != want {
		t.Errorf("got:\n%s", got)
	}
}

func TestTail(t *testing.T) {
	text := strings.Repeat("x\n", 30) + strings.Repeat("y", 1<<16)
	got := tail(text)
	if !strings.HasPrefix(got, "(11 lines before these)\nx\n") || len(got) > 1000 || !strings.HasSuffix(got, "… (65336 characters more)\n") {
		t.Errorf("got %d bytes: %.300s", len(got), got)
	}
}

func TestExercise(t *testing.T) {
	root := t.TempDir()
	l := lesson.Lesson{Number: 1, Name: "01-x", Dir: filepath.Join(root, "lessons", "01-x")}
	for name, text := range map[string]string{
		"exercises/a/starter/server/main.go":  "starter\n",
		"exercises/a/solution/server/main.go": "solution\n",
		"exercises/a/hints.txt":               "One.\r\n\r\nTwo,\r\nin two lines.\n\n\n",
	} {
		name = filepath.Join(l.Dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"b", "..", "", "a/starter", "."} {
		if e, err := FindExercise(l, name); err == nil {
			t.Errorf("found an exercise %q: %v", name, e)
		}
	}
	e, err := FindExercise(l, "a")
	if err != nil || e.Title() != "01-x/a" {
		t.Fatal(e, err)
	}
	if hints, err := e.Hints(); err != nil || strings.Join(hints, "|") != "One.|Two,\nin two lines." {
		t.Errorf("hints %q, error %v", hints, err)
	}
	if text, err := e.Solution(); err != nil || text != "-- server/main.go --\nsolution\n" {
		t.Errorf("solution %q, error %v", text, err)
	}
	if err := e.Start(root); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(e.Copy(root), "server", "main.go")
	if text, err := os.ReadFile(mine); err != nil || string(text) != "starter\n" {
		t.Errorf("the copy is %q, error %v", text, err)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(root); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second start: error %v", err)
	}
	if text, _ := os.ReadFile(mine); string(text) != "mine" {
		t.Errorf("the copy has become %q", text)
	}
}
