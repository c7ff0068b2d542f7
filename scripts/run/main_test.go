package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bothends/shared/console"
	"bothends/shared/lesson"
	"bothends/shared/lesson/lessontest"
	"bothends/shared/stage"
)

// The runner under test is this test's executable, which becomes the runner if
// the environment says so.
func TestMain(m *testing.M) {
	newStage = func(v stage.View) *stage.Stage {
		s := stage.New(v)
		s.Patience = duration("PATIENCE", s.Patience)
		s.Grace = duration("GRACE", s.Grace)
		s.Settle = duration("SETTLE", s.Settle)
		return s
	}
	if name := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"); name == "server" || name == "client" {
		perform(name)
	}
	switch os.Getenv("RUNNER") {
	case "main":
		flag.CommandLine = flag.NewFlagSet("run", flag.ExitOnError) // without package testing's
		flag.CommandLine.Usage = func() { flag.Usage() }
		if dir := os.Getenv("BUILT"); dir != "" {
			build = func(l lesson.Lesson, names ...string) (paths []string, err error) {
				if l.Number != 1 {
					return l.Build(names...)
				}
				for _, name := range names {
					paths = append(paths, filepath.Join(dir, executable(name)))
				}
				return paths, nil
			}
		}
		main()
		os.Exit(0)
	case "stage": // programs that need no building
		log.SetFlags(0)
		log.SetPrefix("run: ")
		show := console.New(os.Stdout, "server", "client")
		status := newStage(show).PlayBoth(os.Args[1], os.Args[2], os.Args[3:])
		show.Close()
		os.Exit(status)
	}
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set("8") // programs wait more than they work
	}
	os.Exit(run(m))
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

func duration(name string, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(os.Getenv(name)); err == nil {
		return d
	}
	return otherwise
}

var (
	course string // the folder of a small course, where nobody counts what is played
	built  string // that of programs for its first lesson
)

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "run-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	env, err := lessontest.Env(filepath.Join(dir, "cache"))
	if err != nil {
		panic(err)
	}
	for name, value := range env {
		os.Setenv(name, value)
	}
	os.Unsetenv("NO_COLOR")
	if os.Getenv("GORACE") == "" { // or each program sleeps a second at its end
		os.Setenv("GORACE", "atexit_sleep_ms=10")
	}
	course = filepath.Join(dir, "course")
	if err := found(course); err != nil {
		panic(err)
	}
	built = filepath.Join(dir, "built")
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	link := os.Symlink
	if runtime.GOOS == "windows" { // has links of another kind for everybody
		link = os.Link
	}
	err = errors.Join(os.Mkdir(built, 0o755), link(exe, filepath.Join(built, executable("server"))), link(exe, filepath.Join(built, executable("client"))))
	if err != nil {
		panic(err)
	}
	return m.Run()
}

// found founds a small course in a folder.
func found(dir string) error {
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			return err
		}
	}
	return nil
}

var files = map[string]string{
	"go.mod":                         "module bothends\n\ngo 1.25.0\n",
	"lessons/01-odd/README.md":       "# Odd\n\n**Which numbers\nare odd?**\n\nThese.\n",
	"lessons/01-odd/server/main.go":  source,
	"lessons/01-odd/client/main.go":  source,
	"lessons/02-broken/README.md":    "# Broken\n\nWhat does the compiler say?\n",
	"lessons/02-broken/server/a.go":  "package main\n\nfunc main() { nonsense() }\n",
	"lessons/02-broken/client/a.go":  "package main\n\nfunc main() {}\n",
	"lessons/07-far-away/README.md":  "# Far away\n\nHow far?\n",
	"lessons/not a lesson/README.md": "",
}

// source is a program that is to be built.
const source = `package main

import "os"

func main() {
	println("built")
	os.Exit(len(os.Args))
}
`

// oddServer and oddClient are what the first lesson's programs do, where they need
// not be built.
func oddServer() int {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go func() {
		<-stop
		os.Exit(0)
	}()
	addr := flag.String("addr", "127.0.0.1:0", "")
	flag.Parse()
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", l.Addr())
	for flag.NArg() == 0 {
		if conn, err := l.Accept(); err == nil {
			b, _ := io.ReadAll(conn)
			fmt.Printf("heard %q\n", b)
			conn.Write([]byte("OK"))
			conn.Close()
		}
	}
	fmt.Println("told", flag.Args())
	return 0
}

func oddClient() int {
	addr := flag.String("addr", "", "")
	status := flag.Int("status", 0, "")
	flag.Parse()
	fmt.Println("told", flag.Args())
	if *addr != "" {
		conn, err := net.Dial("tcp", *addr)
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(conn, os.Stdin)
		conn.(*net.TCPConn).CloseWrite()
		b, _ := io.ReadAll(conn)
		fmt.Printf("got %q\n", b)
	}
	return *status
}

// A runner is a runner at work.
type runner struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   output        // all that it prints
	ended chan struct{} // closed at its end
	lives chan life
}

// A life is a connection that lives as long as the program that made it.
type life struct {
	name string
	net.Conn
}

const limit = 20 * time.Second // for anything at all

// start starts the test's executable as the runner, in the small course, whose
// first lesson it need not build unless env says "BUILT=".
func start(t *testing.T, env []string, args ...string) *runner {
	t.Helper()
	r := newRunner(t, env, args...)
	r.start()
	return r
}

// startIn starts the runner in a folder.
func startIn(t *testing.T, dir string, args ...string) *runner {
	t.Helper()
	r := newRunner(t, nil, args...)
	r.cmd.Dir = dir
	r.start()
	return r
}

func newRunner(t *testing.T, env []string, args ...string) *runner {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &runner{t: t, cmd: exec.Command(exe, args...), ended: make(chan struct{}), lives: make(chan life, 10)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			name, _ := bufio.NewReader(conn).ReadString('\n')
			r.lives <- life{strings.TrimSpace(name), conn}
		}
	}()
	r.out.more = make(chan struct{})
	r.cmd.Dir = course
	r.cmd.Env = append(os.Environ(), "RUNNER=main", "SETTLE=1ms", "BUILT="+built, "LIFE="+l.Addr().String())
	r.cmd.Env = append(r.cmd.Env, env...)
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.out
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *runner) start() {
	r.t.Helper()
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	overdue := time.AfterFunc(limit, func() { r.cmd.Process.Kill() })
	go func() {
		r.cmd.Wait()
		close(r.ended)
	}()
	r.t.Cleanup(func() {
		r.cmd.Process.Kill()
		<-r.ended
		overdue.Stop()
		if r.t.Failed() {
			r.t.Logf("%s printed\n%s", r.cmd.Args[1:], r.out.String())
		}
	})
}

// await waits until the runner has printed text.
func (r *runner) await(text string) {
	r.t.Helper()
	for ended := false; !ended; {
		out, more := r.out.now()
		if strings.Contains(out, text) {
			return
		}
		select {
		case <-more:
		case <-r.ended:
			ended = !strings.Contains(r.out.String(), text)
		}
	}
	r.t.Fatalf("the runner ended before it printed %q", text)
}

// alive waits until a program with that name runs.
func (r *runner) alive(name string) life {
	r.t.Helper()
	select {
	case l := <-r.lives:
		if l.name != name {
			r.t.Errorf("%s has started, not %s", l.name, name)
		}
		return l
	case <-time.After(limit):
		r.t.Fatalf("%s has not started", name)
		panic("not reached")
	}
}

// end waits for the runner's end, and checks its status.
func (r *runner) end(status int) {
	r.t.Helper()
	<-r.ended
	if got := r.cmd.ProcessState.ExitCode(); got != status {
		r.t.Errorf("the status is %d, not %d (%v)", got, status, r.cmd.ProcessState)
	}
}

// dead waits for the end of a program that the runner should have ended.
func (r *runner) dead(programs ...life) {
	r.t.Helper()
	for _, p := range programs {
		p.SetReadDeadline(time.Now().Add(limit))
		if _, err := p.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
			r.t.Errorf("%s is still running", p.name)
		}
		p.Close()
	}
}

// printed checks all that the runner printed, with each port as PORT.
func (r *runner) printed(want string) {
	r.t.Helper()
	<-r.ended
	if got := port.ReplaceAllString(r.out.String(), "127.0.0.1:PORT"); got != want {
		r.t.Errorf("\ngot:  %q\nwant: %q", got, want)
	}
}

var port = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// An output is what has been printed so far.
type output struct {
	mu   sync.Mutex
	text []byte
	more chan struct{} // closed when there is more
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, b...)
	close(o.more)
	o.more = make(chan struct{})
	return len(b), nil
}

func (o *output) now() (text string, more <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text), o.more
}

func (o *output) String() string {
	text, _ := o.now()
	return text
}

// TestPlayed lists the lessons before and after one is played.
func TestPlayed(t *testing.T) {
	t.Parallel()
	mine := t.TempDir()
	if err := found(mine); err != nil {
		t.Fatal(err)
	}
	const before = "1. Two programs talk\n" +
		"  next  01-odd     Which numbers are odd?\n" +
		"        02-broken  What does the compiler say?\n" +
		"\n" +
		"2. Finding each other\n" +
		"    07-far-away  How far?\n" +
		"\n" +
		"Next: go run ./scripts/run 01\n"
	const after = "1. Two programs talk\n" +
		"  played  01-odd     Which numbers are odd?\n" +
		"  next    02-broken  What does the compiler say?\n" +
		"\n" +
		"2. Finding each other\n" +
		"    07-far-away  How far?\n" +
		"\n" +
		"Next: go run ./scripts/run 02\n"
	list := func(want string) {
		t.Helper()
		r := startIn(t, mine)
		r.end(0)
		r.printed(want)
	}
	play := func(status int, args ...string) *runner {
		t.Helper()
		r := startIn(t, mine, args...)
		r.in.Close()
		r.end(status)
		return r
	}
	list(before)
	play(1, "01", "--", "-status", "1")
	list(before) // it failed: that does not count
	play(0, "01")
	list(after)

	// A record that cannot be read is nothing to write over.
	record := filepath.Join(mine, "_work", "progress.json")
	if err := os.WriteFile(record, []byte("{broken"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := play(0, "01")
	if !strings.Contains(r.out.String(), "run: could not note that you played it: "+record+": ") {
		t.Errorf("no word of it: %s", r.out.String())
	}
	r = startIn(t, mine)
	r.end(0)
	if want := "run: what you have done is not known: " + record + ": "; !strings.Contains(r.out.String(), want) ||
		!strings.HasSuffix(r.out.String(), before) {
		t.Errorf("got: %s", r.out.String())
	}
	if b, err := os.ReadFile(record); string(b) != "{broken" || err != nil {
		t.Errorf("it has become %q, %v", b, err)
	}
}

// TestDone lists lessons some of whose exercises have passed.
func TestDone(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                                  "module bothends\n",
		"lessons/01-a/README.md":                  "# A\n\nWhy?\n",
		"lessons/01-a/exercises/x/hints.txt":      "",
		"lessons/01-a/exercises/y/hints.txt":      "",
		"lessons/02-b/README.md":                  "# B\n\nHow?\n",
		"lessons/02-b/exercises/x/hints.txt":      "",
		"lessons/02-b/exercises/readme-no-folder": "",
		"lessons/03-c/README.md":                  "# C\n\nWhen?\n",
		"lessons/03-c/exercises/x/hints.txt":      "",
		"_work/progress.json": `{"played": {"02-b": "2026-01-02T12:00:00Z"}, "passed": {"01-a/y": "2026-01-02T12:00:00Z",
			"02-b/x": "2026-01-02T12:00:00Z", "03-c/server": "2026-01-02T12:00:00Z"}}`,
	} {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	r := startIn(t, root)
	r.end(0)
	r.printed("1. Two programs talk\n" +
		"  1 of 2  01-a  Why?\n" +
		"  done    02-b  How?\n" +
		"  next    03-c  When?\n" +
		"\n" +
		"Next: go run ./scripts/run 03\n")
}

func TestBelow(t *testing.T) {
	t.Parallel()
	r := startIn(t, filepath.Join(course, "lessons", "01-odd"))
	r.end(0)
	if !strings.HasPrefix(r.out.String(), "1. Two programs talk\n") {
		t.Errorf("got %q", r.out.String())
	}
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	r := startIn(t, string(filepath.Separator), "01") // no course is above it
	r.end(1)
	r.printed("run: this is not a folder of the course: change to your clone of it first\n")
}

// TestWords checks what the runner makes of its command line.
func TestWords(t *testing.T) {
	lessontest.Slow(t)
	const usage = "usage: run [-color when] [LESSON [server|client]] [-- ARG ...]\n"
	both := func(args string) string {
		return "server │ listening on 127.0.0.1:PORT\n" +
			"client │ told [" + args + "]\n" +
			"server │ heard \"typed\\n\"\n" +
			"client │ got \"OK\"\n"
	}
	colored := strings.NewReplacer("server │ ", "\x1b[36mserver │ \x1b[0m", "client │ ", "\x1b[33mclient │ \x1b[0m")
	for _, test := range []struct {
		line   string
		status int
		prints string // all of it, or the beginning of it
	}{
		{"-color=always 1 -- -status 3", 3, colored.Replace(both(""))},
		{"01 --color never -- -status 3 a -b -- c", 3, both("a -b -- c")},
		{"01-odd -- -status=1 -color x", 2, "server │ listening on 127.0.0.1:PORT\nclient │ flag provided but not defined: -color\n"},
		{"1 server -- a b", 0, "server │ listening on 127.0.0.1:PORT\nserver │ told [a b]\n"},
		{"02", 1, "run: go build: exit status 1\n"},
		{"99", 2, "run: there is no lesson 99: go run ./scripts/run lists them\n"},
		{"odd", 2, "run: there is no lesson odd: go run ./scripts/run lists them\n"},
		{"07", 1, "run: "}, // it has no programs
		{"-color sometimes 1", 2, "run: -color is auto, always or never, not \"sometimes\"\n"},
		{"-color", 2, "flag needs an argument: -color\n" + usage},
		{"1 -x", 2, "flag provided but not defined: -x\n" + usage},
		{"1 both", 2, usage},
		{"1 server client", 2, usage},
		{"-- a", 2, usage},
		{"-h", 0, usage},
	} {
		t.Run(test.line, func(t *testing.T) {
			if test.line == "02" { // is built
				lessontest.Slow(t)
			}
			t.Parallel()
			r := start(t, nil, strings.Fields(test.line)...)
			io.WriteString(r.in, "typed\n")
			r.in.Close()
			r.end(test.status)
			got := port.ReplaceAllString(r.out.String(), "127.0.0.1:PORT")
			if strings.Contains(test.prints, "OK") {
				// Two programs, two pipes: the order of what both
				// print is not certain where the machine is busy.
				got, test.prints = sorted(got), sorted(test.prints)
			}
			if !strings.HasPrefix(got, test.prints) {
				t.Errorf("\ngot:  %q\nwant: %q", got, test.prints)
			}
		})
	}
}

// TestBuild plays what it has built itself.
func TestBuild(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	r := start(t, []string{"BUILT="}, "1", "-color", "never", "client", "--", "a", "b")
	r.end(3)
	r.printed("client │ built\n")
}

func sorted(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}

// TestNoColor checks that without a flag, a pipe gets no colour.
func TestNoColor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		env, color string
		colored    bool
	}{
		{"NO_COLOR=", "auto", false},
		{"NO_COLOR=1", "always", true}, // who asks for it gets it
	} {
		r := start(t, []string{test.env}, "1", "client", "-color", test.color, "--", "-status", "1")
		r.end(1)
		if got := strings.Contains(r.out.String(), "\x1b["); got != test.colored {
			t.Errorf("%v: %q", test, r.out.String())
		}
	}
}

// perform is what the programs of a stage do: what SERVER or CLIENT says.
func perform(name string) {
	conn, err := net.Dial("tcp", os.Getenv("LIFE"))
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(conn, name)
	go func() {
		io.Copy(io.Discard, conn)
		os.Exit(1) // the test is over
	}()
	act, ok := acts[os.Getenv(strings.ToUpper(name))]
	switch {
	case ok:
		os.Exit(act())
	case name == "server":
		os.Exit(oddServer())
	default:
		os.Exit(oddClient())
	}
}

var acts = map[string]func() int{}
