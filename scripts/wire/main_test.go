package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"
	"bothends/shared/stage"

	"github.com/mattn/go-runewidth"
)

// The command under test is this test's executable, which becomes it, or one of
// the programs that it plays, if its name and the environment say so.
func TestMain(m *testing.M) {
	log.SetFlags(0)
	switch filepath.Base(os.Args[0]) {
	case "server":
		os.Exit(serve())
	case "client":
		os.Exit(acts[os.Getenv("CLIENT")]())
	}
	newStage = func(v stage.View) *stage.Stage {
		s := stage.New(v)
		s.Grace = limit
		if os.Getenv("WIRE") == "stage" {
			s.Settle = 0
		}
		if os.Getenv("POLITE") != "" { // the order is certain, as long as the server has something to say
			courtesy, greeting = limit, limit
		}
		return s
	}
	switch os.Getenv("WIRE") {
	case "main":
		main()
	case "stage": // programs that need no building
		_, args := flags(os.Args[3:])
		os.Exit(play(os.Args[1], os.Args[2], args))
	}
	flag.Parse()
	os.Unsetenv("NO_COLOR")
	os.Setenv("RUNEWIDTH_EASTASIAN", "0") // an arrow's dash is as wide here as there
	runewidth.DefaultCondition.EastAsianWidth = false
	if os.Getenv("GORACE") == "" { // or each program sleeps a second at its end
		os.Setenv("GORACE", "atexit_sleep_ms=10")
	}
	os.Exit(m.Run())
}

const limit = 20 * time.Second // for anything at all

// serve is the server: it answers each line that it gets over TCP, at SERVER
// ports. Of each connection it says that it came, and that it went.
func serve() int {
	at := flag.String("addr", "127.0.0.1:0", "listen on `host:port`")
	flag.Parse()
	n := 1
	fmt.Sscan(os.Getenv("SERVER"), &n)
	all, base := listen(*at, n)
	lines := fmt.Sprintln("listening on", base)
	for _, l := range all[1:] {
		lines += fmt.Sprintln("also listening on", l.Addr())
	}
	fmt.Print(lines) // all at once, as who listens at several ports must
	for _, l := range all {
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					panic(err)
				}
				fmt.Println(conn.RemoteAddr(), "connected")
				go func() {
					defer conn.Close()
					for lines := bufio.NewScanner(conn); lines.Scan(); {
						fmt.Printf("%v said %q\n", conn.RemoteAddr(), lines.Text())
						fmt.Fprintln(conn, "OK")
					}
				}()
			}
		}()
	}
	select {}
}

// listen listens at n ports, one behind the other.
func listen(at string, n int) (all []net.Listener, base net.Addr) {
	for {
		l, err := net.Listen("tcp", at)
		if err != nil {
			panic(err)
		}
		all = []net.Listener{l}
		host, port := split(l.Addr().String())
		for i := 1; i < n; i++ {
			if l, err := net.Listen("tcp", fmt.Sprint(host, ":", port+i)); err == nil {
				all = append(all, l)
			}
		}
		if len(all) == n {
			return all, l.Addr()
		}
		for _, l := range all {
			l.Close()
		}
	}
}

// dial connects to the server's nth port, the first is 0.
func dial(nth int) net.Conn {
	host, port := split(os.Args[2])
	conn, err := net.Dial("tcp", fmt.Sprint(host, ":", port+nth))
	if err != nil {
		panic(err)
	}
	return conn
}

// acts are what the client can do. What an act returns is its status.
var acts = map[string]func() int{
	// talk sends what is typed. It prints each line together with the prompt
	// that follows: between the two, a polite view would wait for the server.
	"talk": func() int {
		conn := dial(0)
		fmt.Printf("from %v to %v\n> ", conn.LocalAddr(), conn.RemoteAddr())
		answers := bufio.NewReader(conn)
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			fmt.Fprintln(conn, lines.Text())
			answer, _ := answers.ReadString('\n')
			fmt.Printf("%q\n> ", answer)
		}
		return len(os.Args) - 3
	},
	// visit goes to three ports, and to one at which nobody listens.
	"visit": func() int {
		for i := range 3 {
			conn := dial(i)
			fmt.Fprintln(conn, i)
			bufio.NewReader(conn).ReadString('\n')
			conn.Close()
		}
		return 0
	},
	// chatter sends and prints, until it is stopped.
	"chatter": func() int {
		conn := dial(0)
		answers := bufio.NewReader(conn)
		for {
			fmt.Fprintln(conn, "and so on")
			answer, err := answers.ReadString('\n')
			if err != nil {
				panic(err)
			}
			fmt.Printf("%q\n", answer)
		}
	},
	"steer": func() int { fmt.Print("\x1b[2J\x9b\u202e\rno\n"); return 0 },
}

// command returns the command under test, which plays the server and the client
// that does an act. args are its own.
func command(t *testing.T, client string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	line := []string{}
	for _, name := range []string{"server", "client"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.Symlink(exe, path); err != nil {
			t.Skip(err) // Windows may not have it
		}
		line = append(line, path)
	}
	cmd := exec.CommandContext(t.Context(), exe, append(append(line, "01"), args...)...)
	cmd.Env = append(append(os.Environ(), "WIRE=stage", "CLIENT="+client), env...)
	return cmd
}

var (
	number = regexp.MustCompile(`\b127\.0\.0\.1:(\d+)`)
	bare   = regexp.MustCompile(`\b\d{4,5}\b`)
)

// shown returns what was printed with each port as a letter, in order of
// appearance.
func shown(out string) string {
	names := map[string]string{}
	return bare.ReplaceAllStringFunc(number.ReplaceAllString(out, "$1"), func(port string) string {
		if names[port] == "" {
			names[port] = string(rune('A' + len(names)))
		}
		return names[port]
	})
}

// TestPipe plays without a terminal.
func TestPipe(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.pcapng")
	cmd := command(t, "talk", []string{"POLITE=1"}, "-pcap", file, "--", "one", "two")
	cmd.Stdin = strings.NewReader("four\n\xff\n")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("it ended with %v, not the client's status 2", err)
	}
	const want = `server │ listening on A
  wire │ client → server  connect
server │ B connected
client │ from B to A
client │ > 
  wire │ client → server  "four\n"
server │ B said "four"
  wire │ server → client  "OK\n"
client │ "OK\n"
client │ > 
  wire │ client → server  "\xff\n"
server │ B said "\xff"
  wire │ server → client  "OK\n"
client │ "OK\n"
client │ > 
  wire │ client → server  end
  wire │ server → client  end
`
	if got := shown(string(out)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	packets, err := readCapture(t, file)
	if err != nil || len(packets) != 3+4+4 {
		t.Errorf("%d packets, error %v", len(packets), err)
	}
	last := strings.Split(packets[0].text, " ")
	if ports := strings.Split(last[len(last)-1], ">"); !strings.Contains(string(out), "from 127.0.0.1:"+ports[0]+" to 127.0.0.1:"+ports[1]+"\n") {
		t.Errorf("the ports are not %v", ports)
	}
}

// TestEachTime looks at many messages: what was printed before one is above it.
func TestEachTime(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	const n = 200
	cmd := command(t, "talk", []string{"POLITE=1"})
	cmd.Stdin = strings.NewReader(strings.Repeat("a\n", n))
	out, err := cmd.Output()
	if err != nil {
		t.Error(err)
	}
	_, out, _ = bytes.Cut(out, []byte("client │ > \n"))
	const each = `  wire │ client → server  "a\n"
server │ A said "a"
  wire │ server → client  "OK\n"
client │ "OK\n"
client │ > 
`
	if got := shown(string(out)); !strings.HasPrefix(got, strings.Repeat(each, n)) {
		t.Errorf("got:\n%s", got)
	}
}

// TestPorts has a server with several ports.
func TestPorts(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	out, err := command(t, "visit", []string{"SERVER=3", "POLITE=1"}).CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	// Who ends first, and what is printed at the end, is not certain here.
	lines := strings.Split(shown(string(out)), "\n")
	var certain []string
	for _, line := range lines {
		if strings.HasPrefix(line, "server") && !strings.Contains(line, "connected") ||
			strings.HasPrefix(line, "  wire") && !strings.HasSuffix(line, "end") {
			certain = append(certain, line)
		}
	}
	const want = `server │ listening on A
server │ also listening on B
server │ also listening on C
  wire │ client D → server A  connect
  wire │ client D → server A  "0\n"
server │ D said "0"
  wire │ server A → client D  "OK\n"
  wire │ client E → server B  connect
  wire │ client E → server B  "1\n"
server │ E said "1"
  wire │ server B → client E  "OK\n"
  wire │ client F → server C  connect
  wire │ client F → server C  "2\n"
server │ F said "2"
  wire │ server C → client F  "OK\n"`
	if got := strings.Join(certain, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestSteer has a client that would like to steer the terminal.
func TestSteer(t *testing.T) {
	t.Parallel()
	out, err := command(t, "steer", nil, "-color=never").CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "client │ ␛[2J\\x9b\\u202e␍no\n") {
		t.Errorf("got %q, %v", out, err)
	}
}

// TestWords checks the command line.
func TestWords(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	const usage = "usage: wire [flags] LESSON [-- ARG ...]\n"
	for line, want := range map[string]struct {
		status int
		prints string // the beginning of it
	}{
		"":                   {2, usage},
		"01 02":              {2, usage},
		"-- a":               {2, usage},
		"-h":                 {0, usage},
		"-x 01":              {2, "flag provided but not defined: -x\n" + usage},
		"01 -fault drop":     {2, "invalid value \"drop\" for flag -fault: fault \"drop\": want latency, "},
		"-color red 01":      {2, "wire: -color is auto, always or never, not \"red\"\n"},
		"99":                 {2, "wire: there is no lesson 99: go run ./scripts/run lists them\n"},
		"-seed x 01":         {2, "invalid value \"x\" for flag -seed: "},
		"01 -pcap -- -fault": {2, "flag needs an argument: -pcap\n"},
	} {
		t.Run(line, func(t *testing.T) {
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), exe, strings.Fields(line)...)
			cmd.Env = append(os.Environ(), "WIRE=main")
			out, _ := cmd.CombinedOutput()
			if status := cmd.ProcessState.ExitCode(); status != want.status || !strings.HasPrefix(string(out), want.prints) {
				t.Errorf("status %d: %s", status, out)
			}
		})
	}
}

// TestNoCapture cannot write its file, and so starts nothing.
func TestNoCapture(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none", "x")
	out, _ := command(t, "talk", nil, "-pcap", none).CombinedOutput()
	if want := "open " + none + ": "; !strings.HasPrefix(string(out), want) {
		t.Errorf("got %q", out)
	}
}

// TestInterrupt presses Ctrl-C after each row of the first few, and looks for
// what is left.
func TestInterrupt(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	for rows := range 8 {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			if rows > 0 {
				lessontest.Slow(t)
			}
			file := filepath.Join(t.TempDir(), "x.pcapng")
			mark := "MARK=" + file // nobody else has it
			cmd := command(t, "chatter", []string{mark}, "-pcap", file, "-fault", "latency=1ms")
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			overdue := time.AfterFunc(limit, func() { cmd.Process.Kill() })
			defer overdue.Stop()
			for lines := bufio.NewScanner(out); rows > 0 && lines.Scan(); {
				rows--
			}
			if runtime.GOOS == "linux" && len(processes(mark)) == 0 {
				t.Error("it runs, and is not seen")
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, out)
			cmd.Wait()
			if left := processes(mark); len(left) > 0 {
				t.Errorf("%d processes are left", len(left))
			}
			if _, err := readCapture(t, file); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Error(err)
			}
		})
	}
}

// processes returns those that have a word in their environment, where the
// system tells.
func processes(word string) (found []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range all {
		if env, err := os.ReadFile(name); err == nil && strings.Contains(string(env), word) {
			found = append(found, name)
		}
	}
	return found
}
