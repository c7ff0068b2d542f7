//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"
)

func init() { acts = theatre }

// theatre is what the programs of a stage can do. What an act returns is the
// status.
var theatre = map[string]func() int{
	// serve listens, as far as anyone can see, until Ctrl-C.
	"serve": func() int {
		stop := interrupts()
		fmt.Println("listening on 127.0.0.1:1")
		<-stop
		fmt.Println("interrupted")
		return 0
	},
	// deaf does so too, and does not mind Ctrl-C.
	"deaf": func() int {
		stop := interrupts()
		fmt.Println("listening on 127.0.0.1:1")
		for range stop {
			fmt.Println("not now")
		}
		return 0
	},
	// once serves one client, until that hangs up.
	"once": func() int {
		conn := accept()
		io.Copy(io.Discard, conn)
		fmt.Println("the client hung up")
		return 0
	},
	// frail cannot bear a client.
	"frail": func() int {
		conn := accept()
		defer conn.Close()
		fmt.Print("I don't ")
		panic("like this")
	},
	"taken": func() int {
		log.SetFlags(0)
		log.Print("the address is in use")
		return 3
	},
	"gone":   func() int { return 0 },
	"wrong":  func() int { fmt.Println("hello"); select {} },
	"mute":   func() int { fmt.Print("I am"); select {} },
	"silent": func() int { time.Sleep(time.Hour); return 0 },

	// prompt reads lines, until the end of input.
	"prompt": func() int {
		lines := bufio.NewScanner(os.Stdin)
		for fmt.Print("> "); lines.Scan(); fmt.Print("> ") {
			fmt.Printf("%q\n", lines.Text())
		}
		return 0
	},
	// call calls the server until the end of input.
	"call": func() int {
		dial()
		io.Copy(io.Discard, os.Stdin)
		return 0
	},
	// hang calls the server until that hangs up.
	"hang": func() int {
		io.Copy(io.Discard, dial())
		return 0
	},
	"tell":  func() int { fmt.Println(os.Args[1:]); return 0 },
	"fail":  func() int { return 1 },
	"usage": func() int { return 2 },
	"panic": func() int { panic("I lost my nerve") },
	"kill":  func() int { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} },
	// flood prints much, the last line of it without an end, and fails.
	"flood": func() int {
		fmt.Print(flood)
		fmt.Print("the last")
		return 1
	},
	// endless prints, once something is typed, until nobody listens.
	"endless": func() int {
		fmt.Println("ready")
		os.Stdin.Read(make([]byte, 1))
		for {
			fmt.Println("and so on")
		}
	},
}

var flood = strings.Repeat("all that I have to say\n", 10_000)

func interrupts() chan os.Signal {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	return stop
}

func accept() net.Conn {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("listening on", l.Addr())
	conn, err := l.Accept()
	if err != nil {
		panic(err)
	}
	return conn
}

func dial() net.Conn {
	conn, err := net.Dial("tcp", os.Args[2])
	if err != nil {
		panic(err)
	}
	fmt.Println("calling")
	return conn
}

// onStage returns a runner whose programs do those acts. It is patient; env
// and args come on top.
func onStage(t *testing.T, server, client string, env []string, args ...string) *runner {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range []string{"server", "client"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.Symlink(exe, path); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	env = append([]string{"RUNNER=stage", "SERVER=" + server, "CLIENT=" + client,
		"PATIENCE=1h", "GRACE=1h"}, env...)
	return newRunner(t, env, append(paths, args...)...)
}

func play(t *testing.T, server, client string, env []string, args ...string) *runner {
	t.Helper()
	r := onStage(t, server, client, env, args...)
	r.start()
	return r
}

// TestStatus checks what a client's end does to the server, and that its
// status is the runner's.
func TestStatus(t *testing.T) {
	lessontest.Slow(t)
	for client, status := range map[string]int{"tell": 0, "fail": 1, "usage": 2, "panic": 2, "kill": 137} {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			r := play(t, "serve", client, nil, "a", "b c")
			s, c := r.alive("server"), r.alive("client")
			r.end(status)
			r.dead(s, c)
			out := r.out.String()
			if !strings.HasPrefix(out, "server │ listening on 127.0.0.1:1\n") || !strings.HasSuffix(out, "server │ interrupted\n") {
				t.Errorf("got %q", out)
			}
			if client == "tell" && !strings.Contains(out, "\nclient │ [-addr 127.0.0.1:1 a b c]\n") {
				t.Errorf("got %q", out)
			}
			if client == "panic" && !strings.Contains(out, "\nclient │ panic: I lost my nerve\n") {
				t.Errorf("got %q", out)
			}
		})
	}
}

// TestNoServer checks that no client starts where none can be served.
func TestNoServer(t *testing.T) {
	lessontest.Slow(t)
	for _, test := range []struct {
		server, env string
		status      int
		prints      string
	}{
		{"taken", "X=", 3, "server │ the address is in use\n"},
		{"gone", "X=", 1, ""},
		{"wrong", "GRACE=1ms", 1, "server │ hello\nrun: the server's first line is not of the form: listening on HOST:PORT\n"},
		{"mute", "PATIENCE=100ms", 1, "server │ I am\nrun: the server printed no line within 100ms\n"},
		{"silent", "PATIENCE=1ms", 1, "run: the server printed no line within 1ms\n"},
	} {
		t.Run(test.server, func(t *testing.T) {
			t.Parallel()
			r := play(t, test.server, "tell", []string{test.env})
			r.end(test.status)
			r.printed(test.prints)
		})
	}
}

// TestCannotStart has executables that are none.
func TestCannotStart(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none")
	r := onStage(t, "serve", "tell", nil)
	r.cmd.Args[2] = none
	r.start()
	s := r.alive("server")
	r.end(1)
	r.dead(s)
	out := r.out.String()
	if !strings.Contains(out, "\nrun: fork/exec "+none+": ") || !strings.HasSuffix(out, "server │ interrupted\n") {
		t.Errorf("got %q", out)
	}
	r = onStage(t, "serve", "tell", nil)
	r.cmd.Args[1] = none
	r.start()
	r.end(1)
	if out := r.out.String(); !strings.HasPrefix(out, "run: fork/exec "+none+": ") {
		t.Errorf("got %q", out)
	}
}

// TestLastWords checks that a server that ends by itself may finish.
func TestLastWords(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	r := play(t, "once", "call", []string{"SETTLE=1h"})
	s, c := r.alive("server"), r.alive("client")
	r.await("calling")
	r.in.Close()
	r.end(0)
	r.dead(s, c)
	r.printed("server │ listening on 127.0.0.1:PORT\nclient │ calling\nserver │ the client hung up\n")
}

// TestServerBreaks checks that the runner tells it, whoever ends first.
func TestServerBreaks(t *testing.T) {
	lessontest.Slow(t)
	for _, client := range []string{"call", "hang"} {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			r := play(t, "frail", client, []string{"SETTLE=1h"})
			s, c := r.alive("server"), r.alive("client")
			r.await("server │ exit status 2\n")
			r.in.Close() // on which call waits
			r.end(0)
			r.dead(s, c)
			if out := r.out.String(); !strings.Contains(out, "server │ I don't panic: like this\n") {
				t.Errorf("got %q", out)
			}
		})
	}
}

// TestKeyboard checks that the client gets what is typed, and Ctrl-D.
func TestKeyboard(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	r := play(t, "serve", "prompt", nil)
	s, c := r.alive("server"), r.alive("client")
	r.await("client │ > ")
	io.WriteString(r.in, "one\n")
	r.await("\"one\"\nclient │ > ")
	io.WriteString(r.in, "two, without an end")
	r.in.Close()
	r.end(0)
	r.dead(s, c)
	r.printed("server │ listening on 127.0.0.1:PORT\nclient │ > \"one\"\n" +
		"client │ > \"two, without an end\"\nclient │ > \nserver │ interrupted\n")
}

// TestFlood checks that nothing is lost of what a program prints before it dies.
func TestFlood(t *testing.T) {
	t.Parallel()
	r := play(t, "serve", "flood", nil)
	s, c := r.alive("server"), r.alive("client")
	r.end(1)
	r.dead(s, c)
	out := r.out.String()
	if n := strings.Count(out, "client │ all that I have to say\n"); n != strings.Count(flood, "\n") {
		t.Errorf("%d lines", n)
	}
	if !strings.HasSuffix(out, "\nclient │ the last\nserver │ interrupted\n") {
		t.Errorf("it ends in %q", out[len(out)-100:])
	}
}

// TestSignals checks that each signal that asks for it ends both, gently.
func TestSignals(t *testing.T) {
	lessontest.Slow(t)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			r := play(t, "serve", "prompt", nil)
			s, c := r.alive("server"), r.alive("client")
			r.await("client │ > ")
			r.cmd.Process.Signal(sig)
			r.end(130) // the client does not catch SIGINT
			r.dead(s, c)
			r.printed("server │ listening on 127.0.0.1:PORT\nclient │ > \nserver │ interrupted\n")
		})
	}
}

// TestStopped checks that what was stopped does not count as played, whatever
// its status.
func TestStopped(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	mine := t.TempDir()
	if err := found(mine); err != nil {
		t.Fatal(err)
	}
	r := startIn(t, mine, "01", "server")
	r.await("listening on ")
	r.cmd.Process.Signal(os.Interrupt)
	r.end(0)
	if _, err := os.Stat(filepath.Join(mine, "_work")); err == nil {
		t.Error("it counts as played")
	}
}

// TestSignalEarly comes before the server listens.
func TestSignalEarly(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	r := play(t, "silent", "tell", nil)
	s := r.alive("server")
	r.cmd.Process.Signal(os.Interrupt)
	r.end(1)
	r.dead(s)
	r.printed("run: stopped\n")
}

// TestGrace checks that programs that go on after Ctrl-C are killed.
func TestGrace(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	r := play(t, "deaf", "deaf", []string{"GRACE=20ms"})
	s, c := r.alive("server"), r.alive("client")
	r.await("client │ listening")
	r.cmd.Process.Signal(os.Interrupt)
	r.end(137)
	r.dead(s, c)
}

// TestTwice checks that a second Ctrl-C kills at once.
func TestTwice(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	r := play(t, "deaf", "deaf", nil)
	s, c := r.alive("server"), r.alive("client")
	r.await("client │ listening")
	r.cmd.Process.Signal(os.Interrupt)
	r.await("client │ not now")
	r.cmd.Process.Signal(os.Interrupt)
	r.end(137)
	r.dead(s, c)
}

// TestNobodyReads closes the pipe to which the runner prints.
func TestNobodyReads(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := onStage(t, "serve", "endless", nil)
	r.cmd.Stdout = write
	r.start()
	s, c := r.alive("server"), r.alive("client")
	write.Close()
	for lines := bufio.NewScanner(read); lines.Scan() && lines.Text() != "client │ ready"; {
	}
	read.Close()
	io.WriteString(r.in, "\n")
	r.end(128 + int(syscall.SIGPIPE))
	r.dead(s, c)
}
