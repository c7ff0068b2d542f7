package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"
)

// TestMain lets the test's executable be the checker, and a program that is
// checked, if the environment says so.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv("PROGRAM") != "" && os.Getenv("CHECKER") == "":
		program()
	case os.Getenv("CHECKER") != "":
		patience, _ = time.ParseDuration(os.Getenv("CHECKER"))
		interval = 50 * time.Millisecond
		os.Unsetenv("CHECKER")
		flag.CommandLine.Init("check", flag.ExitOnError)
		flag.CommandLine.Usage = func() { flag.Usage() }
		main()
		os.Exit(0)
	}
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set("24") // programs wait more than they work
	}
	os.Exit(suite(m))
}

func suite(m *testing.M) int {
	dir, err := os.MkdirTemp("", "check-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	env, err := lessontest.Env(dir)
	if err != nil {
		panic(err)
	}
	for name, value := range env {
		os.Setenv(name, value)
	}
	return m.Run()
}

// program sends back what comes over TCP: the whole of it, or what PROGRAM says;
// with call, it connects to an address, and is silent.
func program() {
	if addr, ok := strings.CutPrefix(os.Getenv("PROGRAM"), "call "); ok {
		if conn, err := net.Dial("tcp", addr); err == nil {
			io.Copy(io.Discard, conn) // until they hang up
		}
		return
	}
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
		n, _ := conn.Read(buf)
		switch answer := os.Getenv("PROGRAM"); answer {
		case "echo":
			conn.Write(buf[:n])
		case "nothing":
		default:
			io.WriteString(conn, answer)
		}
		conn.Read(buf)
		conn.Close()
	}
}

const page = "# X\n\nWhy?\n"

const checks = `# It listens.
# Hint: Listen.
# See: X
serve server -addr 127.0.0.1:4000
dial peer tcp 127.0.0.1:4000

# It sends back what came.
# Hint: Send it.
# See: X
send peer hello
recv peer hello
`

const echo = `package main

import (
	"flag"
	"fmt"
	"net"
)

func main() {
	addr := flag.String("addr", "", "")
	flag.Parse()
	l, _ := net.Listen("tcp", *addr)
	fmt.Println("listening on", l.Addr())
	conn, _ := l.Accept()
	buf := make([]byte, 1024)
	n, _ := conn.Read(buf)
	conn.Write(buf[:n])
	conn.Read(buf)
}
`

// course makes a small course and returns its folder.
func course(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                                           "module bothends\n\ngo 1.25.0\n",
		"lessons/01-x/README.md":                           page,
		"lessons/01-x/checks/server.txtar":                 checks,
		"lessons/01-x/checks/tough/server-again.txtar":     strings.ReplaceAll(checks, "hello", "again"),
		"lessons/01-x/exercises/a/checks/server.txtar":     checks,
		"lessons/01-x/exercises/a/starter/server/main.go":  strings.Replace(echo, "conn.Write(buf[:n])", "conn.Write(buf[:min(n, 1)])", 1),
		"lessons/01-x/exercises/a/solution/server/main.go": echo,
		"lessons/01-x/exercises/a/hints.txt":               "How many?\n\nAll n.\n",
		"lessons/02-y/README.md":                           page,
		"lessons/02-y/checks/server.txtar":                 "# It is nonsense.\nnonsense\n",
	} {
		write(t, filepath.Join(root, filepath.FromSlash(name)), text)
	}
	return root
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
		t.Fatal(err)
	}
}

// checker returns the command that runs the checker in a folder. CHECKER says how
// patient it is.
func checker(t *testing.T, dir, program string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "PROGRAM", "'"+exe+"'")
	}
	cmd := exec.Command(exe, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKER=5s", "PROGRAM="+program)
	return cmd
}

// runs runs the checker to its end, and returns its status and what it printed.
func runs(t *testing.T, dir, program string, args ...string) (status int, out string) {
	t.Helper()
	return ends(t, checker(t, dir, program, args...))
}

func ends(t *testing.T, cmd *exec.Cmd) (status int, out string) {
	t.Helper()
	b, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(b)
}

func TestStatus(t *testing.T) {
	t.Parallel()
	root := course(t)
	for _, test := range []struct {
		name, program string
		args          []string
		status        int
		says          []string
	}{
		{"passes", "echo", []string{"01", "-server", "PROGRAM {addr}"}, 0, []string{"01-x, the server: '", "  ok    It sends back what came.\n", "All 2 promises kept.\nNext: go run ./scripts/check 01/a -start\n"}},
		{"the number comes last", "echo", []string{"-server", "PROGRAM", "1"}, 0, []string{"All 2 promises"}},
		{"tough", "echo", []string{"1", "-server", "PROGRAM", "-tough"}, 0, []string{"All 4 promises"}},
		{"fails", "hullo", []string{"01", "-server", "PROGRAM"}, 1, []string{"  FAIL  It sends back what came.\n", "wanted  \"hello\" (length 5)", "came    \"hullo\" (length 5)", "  The server printed (still ran):\n    here\n"}},
		{"says little", "hullo", []string{"01", "-server", "PROGRAM", "-reveal", "none"}, 1, []string{"  FAIL  It sends back what came.\n"}},
		{"as json", "hullo", []string{"01", "-server", "PROGRAM", "-format", "json"}, 1, []string{`"status": "fail"`}},
		{"as xml", "echo", []string{"01", "-server", "PROGRAM", "-format", "junit"}, 0, []string{`<testsuite name="01-x" tests="2" failures="0"`}},
		{"hangs", "nothing", []string{"01", "-server", "PROGRAM"}, 1, []string{"Did it receive"}},
		{"no such program", "", []string{"01", "-server", "./none"}, 1, []string{"could not be started"}},
		{"ends", "", []string{"01", "-server", "go env GOOS"}, 1, []string{"It ended (exit status 0), and nobody listens.", "  Hint  Listen.\n"}},
		{"dies", "", []string{"01", "-server", "go nonsense"}, 1, []string{"help' for usage.\n\n  The server printed"}},

		{"no lesson", "", nil, 2, []string{"usage: check LESSON"}},
		{"two lessons", "", []string{"01", "02"}, 2, []string{"usage: check LESSON"}},
		{"unknown lesson", "", []string{"99"}, 2, []string{"there is no lesson 99"}},
		{"unknown exercise", "", []string{"01/b"}, 2, []string{"01-x has no exercise b: it has a"}},
		{"outside", "", []string{"01/../a", "-start"}, 2, []string{"has no exercise ../a"}},
		{"bad format", "", []string{"01", "-format", "pdf"}, 2, []string{"usage: check LESSON"}},
		{"bad reveal", "", []string{"01", "-reveal", "all"}, 2, []string{"usage: check LESSON"}},
		{"two things", "", []string{"01/a", "-start", "-hint"}, 2, []string{"usage: check LESSON"}},
		{"a hint on what", "", []string{"01", "-hint"}, 2, []string{"of which exercise? 01-x has a"}},
		{"bad command", "", []string{"01", "-server", "'open"}, 2, []string{"is no command line"}},
		{"empty command", "", []string{"01", "-server", ""}, 2, []string{"-server is empty: say how your program is started"}},
		{"blank command", "", []string{"01", "-server", "PROGRAM", "-client", " \t "}, 2, []string{"-client is empty"}},
		{"empty command, watched", "", []string{"01", "-server", "", "-watch"}, 2, []string{"-server is empty"}},
		{"empty program", "", []string{"01", "-server", "'' x"}, 2, []string{"names no program"}},
		{"nothing to check", "", []string{"01", "-client", "PROGRAM"}, 2, []string{"there is nothing to check about the client of 01-x"}},
		{"not begun", "", []string{"01/a"}, 2, []string{"you have not begun 01-x/a: go run ./scripts/check 01/a -start"}},
		{"no programs", "", []string{"02"}, 2, []string{"neither a folder server nor a folder client"}},
		{"our own fault", "echo", []string{"02", "-server", "PROGRAM"}, 3, []string{"failed by itself", "unknown command"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.status == 2 {
				lessontest.Slow(t)
			}
			t.Parallel()
			cmd := checker(t, root, test.program, test.args...)
			if test.name == "hangs" {
				cmd.Env = append(cmd.Env, "CHECKER=100ms")
			}
			status, out := ends(t, cmd)
			if status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			for _, want := range test.says {
				if !strings.Contains(out, want) {
					t.Errorf("does not say %q", want)
				}
			}
			if t.Failed() {
				t.Logf("%s", out)
			}
			if test.name == "says little" && strings.Contains(out, "hullo") {
				t.Errorf("it says too much: %s", out)
			}
		})
	}
}

// TestExercise goes from the starter to the solution.
func TestExercise(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	root := course(t)
	step := func(status int, says string, args ...string) {
		t.Helper()
		cmd := checker(t, root, "", args...)
		if status == 1 {
			cmd.Env = append(cmd.Env, "CHECKER=500ms")
		}
		got, out := ends(t, cmd)
		if got != status || !strings.Contains(out, says) {
			t.Errorf("%s: status %d, want %d, and it should say %q:\n%s", args, got, status, says, out)
		}
	}
	step(0, "Your copy is in "+filepath.Join("_work", "01-x", "a"), "01/a", "-start")
	step(1, "is there already", "01/a", "-start")
	step(1, "Of 5 bytes, the first 1 came", "01/a")
	step(0, "How many? (1 of 2)\n", "01/a", "-hint")
	step(0, "All n. (2 of 2)\n", "01/a", "-hint")
	step(0, "All n. (2 of 2)\n", "01/a", "-hint")
	step(1, "01-x/a has not passed yet", "01/a", "-solution")
	step(0, "-- server/main.go --\npackage main\n", "01/a", "-solution", "-force")

	mine := filepath.Join(root, "_work", "01-x", "a", "server", "main.go")
	write(t, mine, "package main\n\nfunc main() { oops() }\n")
	step(1, "undefined: oops", "01/a")
	step(1, `<error message="nothing could be checked">`, "01/a", "-format", "junit")
	b, _ := checker(t, root, "", "01/a", "-format", "json").Output()
	var results struct{ Status, Message string }
	if err := json.Unmarshal(b, &results); err != nil || results.Status != "error" || !strings.Contains(results.Message, "undefined: oops") {
		t.Errorf("error %v, and on standard output came\n%s", err, b)
	}
	write(t, mine, echo)
	step(0, "01-x/a, the server: ./_work/01-x/a/server\n"+
		"  ok    It listens.\n"+
		"  ok    It sends back what came.\n"+
		"\n"+
		"All 2 promises kept.\n"+
		"Next: lesson 02-y, go run ./scripts/run 02\n", "01/a")
	step(0, "-- server/main.go --\npackage main\n", "01/a", "-solution")

	// A record that cannot be read is nothing to write over, and no reason to fail.
	record := filepath.Join(root, "_work", "progress.json")
	write(t, record, "{broken")
	step(0, "could not note that it passed", "01/a")
	if text, _ := os.ReadFile(record); string(text) != "{broken" {
		t.Errorf("the record has become %q", text)
	}
	entries, err := os.ReadDir(filepath.Join(root, "_work"))
	if err != nil || len(entries) != 2 {
		t.Errorf("in _work are %v, error %v", entries, err)
	}
}

// TestDaemon checks a program that leaves somebody behind, in a session of its own.
func TestDaemon(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere they cannot be told from other people's")
	}
	root := course(t)
	status, out := runs(t, root, "echo", "01", "-server", "sh -c 'setsid sh -c \"echo \\$\\$ >pid; exec sleep 1000\" >/dev/null 2>&1 & while [ ! -s pid ]; do :; done; exec \"$0\" \"$@\"' PROGRAM")
	text, err := os.ReadFile(filepath.Join(root, "pid"))
	if err != nil || status != 0 {
		t.Fatalf("status %d, error %v\n%s", status, err, out)
	}
	pid := strings.TrimSpace(string(text))
	if _, err := os.Stat("/proc/" + pid); err == nil {
		t.Errorf("process %s is left", pid)
		exec.Command("kill", "-9", pid).Run()
	}
}

// TestStopped presses Ctrl-C while a program is waited for.
func TestStopped(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a test cannot press Ctrl-C there")
	}
	root := course(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cmd := checker(t, root, "call "+l.Addr().String(), "01", "-server", "PROGRAM")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute))
	conn, err := l.Accept() // the program has begun
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	if cmd.ProcessState.ExitCode() != 1 || stderr.String() != "check: stopped\n" {
		t.Errorf("it ended with %v, and said %q", cmd.ProcessState, stderr.String())
	}
}

// TestWatch checks again when a file changes, and ends at Ctrl-C.
func TestWatch(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a test cannot press Ctrl-C there")
	}
	for _, mode := range []string{"-watch", "-poll"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			root := course(t)
			write(t, filepath.Join(root, "program", "file"), "1")
			args := []string{"01", "-server", "PROGRAM program/file {addr}", "-watch"}
			if mode == "-poll" {
				args = append(args, mode)
			}
			cmd := checker(t, root, "echo", args...)
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			overdue := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
			defer overdue.Stop()
			watched := 0
			for lines := bufio.NewScanner(stdout); lines.Scan(); {
				if !strings.HasPrefix(lines.Text(), "Watching ") {
					continue
				}
				if want := "Watching program (Ctrl-C ends it)"; lines.Text() != want && !strings.Contains(lines.Text(), "program (") {
					t.Errorf("%s, want %s", lines.Text(), want)
				}
				if watched++; watched == 3 {
					cmd.Process.Signal(os.Interrupt)
					continue
				}
				write(t, filepath.Join(root, "program", "file"), strings.Repeat("x", watched+1))
			}
			cmd.Wait()
			if watched != 3 || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("watched %d times, and ended with %v", watched, cmd.ProcessState)
			}
		})
	}
}
