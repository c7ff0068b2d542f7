package lesson

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test's executable be the program that the tests start.
func TestMain(m *testing.M) {
	if os.Args[0] == "program" {
		act(os.Args[1:])
		return
	}
	if help := os.Getenv("HELP"); help != "" { // what -h is to print
		fmt.Fprint(os.Stderr, help)
		os.Exit(2)
	}
	if os.Getenv("GORACE") == "" { // or each program sleeps a second at its end
		os.Setenv("GORACE", "atexit_sleep_ms=10")
	}
	os.Exit(m.Run())
}

// act does one step after the other.
func act(steps []string) {
	for _, step := range steps {
		verb, arg, _ := strings.Cut(step, "=")
		switch verb {
		case "out":
			fmt.Print(arg)
		case "err":
			fmt.Fprint(os.Stderr, arg)
		case "mix": // both streams in turn
			for i := range 100 {
				fmt.Printf("out %d\n", i)
				fmt.Fprintf(os.Stderr, "err %d\n", i)
			}
		case "read": // until the end of the input
			io.Copy(io.Discard, os.Stdin)
		case "sigint":
			stop := make(chan os.Signal, 1)
			signal.Notify(stop, os.Interrupt)
			fmt.Println("ready")
			<-stop
		case "child": // of whom nobody knows
			cmd := program("read")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
			if err := cmd.Start(); err != nil {
				panic(err)
			}
		case "say": // print a line and send a byte, each time one comes back
			conn, err := net.Dial("tcp", arg)
			if err != nil {
				panic(err)
			}
			for i := 0; err == nil; i++ {
				fmt.Println("line", i)
				conn.Write([]byte{0})
				_, err = conn.Read(make([]byte, 1))
			}
		case "exit":
			status, _ := strconv.Atoi(arg)
			os.Exit(status)
		}
	}
}

// program returns a command that does the steps.
func program(steps ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(exe, steps...)
	cmd.Args[0] = "program"
	return cmd
}

// start starts a program that does the steps. It ends with the test.
func start(t *testing.T, cmd *exec.Cmd) *Program {
	t.Helper()
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill(); <-p.Done() })
	return p
}

// keyboard gives a program an input that stays open until the returned
// function is called, or the test ends.
func keyboard(t *testing.T, cmd *exec.Cmd) (end func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	cmd.Stdin = r
	return func() { w.Close() }
}

func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// heard is a writer that says when something came.
type heard chan string

func (h heard) Write(b []byte) (int, error) {
	h <- string(b)
	return len(b), nil
}

func TestFirstLine(t *testing.T) {
	for _, test := range []struct{ out, want string }{
		{"hello\nmore\n", "hello"},
		{"hello\r\n", "hello"},
		{"\n", ""},
		{strings.Repeat("x", 5000), strings.Repeat("x", 5000)}, // too long to wait for its end
	} {
		p := start(t, program("out="+test.out))
		if got, err := p.FirstLine(t.Context()); got != test.want || err != nil {
			t.Errorf("%.20q: got %.20q, error %v", test.out, got, err)
		}
	}
	p := start(t, program("out=hello\n"))
	<-p.Done()
	for range 20 {
		if got, err := p.FirstLine(t.Context()); got != "hello" || err != nil {
			t.Errorf("a line, and ended: got %q, error %v", got, err)
		}
	}
	for _, out := range []string{"", "hello"} {
		p := start(t, program("out="+out))
		if got, err := p.FirstLine(t.Context()); !errors.Is(err, ErrEnded) {
			t.Errorf("ended before a line: got %q, error %v", got, err)
		}
	}
}

func TestFirstLineInPieces(t *testing.T) {
	cmd := program("out=listening ", "read", "out=on 127.0.0.1:1\n")
	out := make(heard, 10)
	cmd.Stdout = out
	end := keyboard(t, cmd)
	p := start(t, cmd)
	if got := <-out; got != "listening " {
		t.Fatalf("the first piece is %q", got)
	}
	if got, err := p.FirstLine(ended(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("half a line: got %q, error %v", got, err)
	}
	end()
	if got, err := p.FirstLine(t.Context()); got != "listening on 127.0.0.1:1" || err != nil {
		t.Errorf("got %q, error %v", got, err)
	}
}

func TestTrueOrder(t *testing.T) {
	var out bytes.Buffer
	cmd := program("mix")
	cmd.Stdout, cmd.Stderr = &out, &out
	p := start(t, cmd)
	if err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i := range 100 {
		fmt.Fprintf(&want, "out %d\nerr %d\n", i, i)
	}
	if out.String() != want.String() {
		t.Errorf("got:\n%s", &out)
	}
}

func TestSplit(t *testing.T) {
	var out, errs bytes.Buffer
	cmd := program("err=bad\n", "out=good\n")
	cmd.Stdout, cmd.Stderr = &out, &errs
	p := start(t, cmd)
	if line, err := p.FirstLine(t.Context()); line != "good" || err != nil {
		t.Errorf("first line %q, error %v", line, err)
	}
	p.Wait(t.Context())
	if out.String() != "good\n" || errs.String() != "bad\n" {
		t.Errorf("got %q and %q", &out, &errs)
	}
}

func TestStatus(t *testing.T) {
	for status := range 4 {
		p := start(t, program(fmt.Sprint("exit=", status)))
		err := p.Wait(t.Context())
		if got := Status(err); got != status || (err == nil) != (status == 0) || Interrupted(err) {
			t.Errorf("status %d: got %d, error %v, interrupted %v", status, got, err, Interrupted(err))
		}
	}
	if got := Status(errors.New("never started")); got != 1 {
		t.Errorf("another error: status %d", got)
	}
	if _, err := Start(exec.Command("no/such/program")); err == nil {
		t.Error("no such program, and no error")
	}
}

func TestInterrupt(t *testing.T) {
	// One that knows nothing of it.
	cmd := program("out=ready\n", "read")
	keyboard(t, cmd)
	p := start(t, cmd)
	p.FirstLine(t.Context())
	if err := p.Wait(ended(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait did not return with its context: %v", err)
	}
	if err := p.Interrupt(); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(t.Context()); !Interrupted(err) {
		t.Errorf("it ended with %v", err)
	}

	// One that ends in its own way.
	p = start(t, program("sigint", "exit=3"))
	p.FirstLine(t.Context())
	if err := p.Interrupt(); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(t.Context()); Interrupted(err) || Status(err) != 3 {
		t.Errorf("it ended with %v", err)
	}
}

func TestKillAll(t *testing.T) {
	var programs []*Program
	for range 2 {
		cmd := program("out=ready\n", "read")
		keyboard(t, cmd)
		p := start(t, cmd)
		p.FirstLine(t.Context())
		programs = append(programs, p)
	}
	KillAll()
	for _, p := range programs {
		if err := p.Wait(t.Context()); err == nil || Interrupted(err) {
			t.Errorf("it ended with %v", err)
		}
	}
	running.Lock()
	defer running.Unlock()
	if n := len(running.programs); n > 0 {
		t.Errorf("%d programs are said to run", n)
	}
}

// TestOrphan has a program leave a child behind that holds its output open.
func TestOrphan(t *testing.T) {
	defer func(d time.Duration) { waitDelay = d }(waitDelay)
	waitDelay = 50 * time.Millisecond
	var out bytes.Buffer
	cmd := program("out=hello\n", "child")
	cmd.Stdout, cmd.Stderr = &out, &out
	keyboard(t, cmd)
	p := start(t, cmd)
	if err := p.Wait(t.Context()); err != nil || out.String() != "hello\n" {
		t.Errorf("printed %q, ended with %v", &out, err)
	}
}
