package console

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// open returns a console and what it shows. Without names, it is for a server
// and a client.
func open(t *testing.T, terminal bool, names ...string) (*Console, *bytes.Buffer) {
	if names == nil {
		names = []string{"server", "client"}
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	c := New(f, names...)
	if c.erase {
		t.Fatal("a file is taken for a terminal")
	}
	var screen bytes.Buffer
	c.out, c.erase = &screen, terminal
	return c, &screen
}

// A step is something that happens on a console: a program prints, or with
// "typed" Enter is pressed behind the client's line.
type step struct{ who, text string }

const (
	server = "server │ "
	client = "client │ "
	erase  = "\r\x1b[K"
)

var long = strings.Repeat("0123456789", 7) // as long as a line can be that is shown again

var shows = []struct {
	name     string
	steps    []step
	terminal string // what shows on a terminal
	file     string // and elsewhere; "": the same
}{
	{
		name:     "lines",
		steps:    []step{{"server", "one\ntwo\n"}, {"client", "three\n"}, {"server", "\n"}},
		terminal: server + "one\n" + server + "two\n" + client + "three\n" + server + "\n",
	},
	{
		name:     "a line in pieces",
		steps:    []step{{"client", "one"}, {"client", ", two"}, {"client", ", three\nfo"}, {"client", "ur\n"}},
		terminal: client + "one, two, three\n" + client + "four\n",
	},
	{
		name:     "a line while a prompt is open",
		steps:    []step{{"client", "> "}, {"server", "news\nmore\n"}, {"client", "(bye)\n"}},
		terminal: client + "> " + erase + server + "news\n" + server + "more\n" + client + "> (bye)\n",
		file:     client + "> \n" + server + "news\n" + server + "more\n" + client + "> (bye)\n",
	},
	{
		name:     "two unfinished lines",
		steps:    []step{{"client", "> "}, {"server", "ne"}, {"server", "ws\n"}, {"client", "x\n"}},
		terminal: client + "> " + erase + server + "news\n" + client + "> x\n",
		file:     client + "> \n" + server + "news\n" + client + "> x\n",
	},
	{
		name:     "neither is finished at the end",
		steps:    []step{{"server", "last"}, {"client", "> "}},
		terminal: server + "last" + erase + client + "> \n" + server + "last\n",
		file:     server + "last\n" + client + "> \n",
	},
	{
		name:     "typed",
		steps:    []step{{"client", "> "}, {"typed", "four"}, {"server", "got it\n"}, {"client", "OK\n"}},
		terminal: client + "> four\n" + server + "got it\n" + client + "OK\n",
	},
	{
		name:     "typed while another's line is open",
		steps:    []step{{"client", "> "}, {"server", "ne"}, {"typed", "four"}, {"server", "ws\n"}, {"client", "OK\n"}},
		terminal: client + "> " + erase + server + "nefour\n" + server + "news\n" + client + "OK\n",
		file:     client + "> \n" + server + "nefour\n" + server + "news\n" + client + "OK\n",
	},
	{
		name:     "characters cut in two",
		steps:    []step{{"client", "\xe6\x97"}, {"client", "\xa5\xf0"}, {"client", "\x9f"}, {"client", "\x99"}, {"client", "\x82\n"}},
		terminal: client + "日🙂\n",
	},
	{
		name:     "half a character at the end",
		steps:    []step{{"client", "a\xe6\x97"}},
		terminal: client + `a\xe6\x97` + "\n",
	},
	{
		name:     "half a character behind another's line",
		steps:    []step{{"client", "\xe6"}, {"server", "b\n"}},
		terminal: server + "b\n" + client + `\xe6` + "\n",
	},
	{
		name:     "Windows' ends of lines",
		steps:    []step{{"client", "a\r\nb\r"}, {"client", "\nc\r\rd\r"}},
		terminal: client + "a\n" + client + "b\n" + client + "c␍␍d␍\n",
	},
	{
		name:     "control characters",
		steps:    []step{{"server", "a\x1b[31mb\x00\n"}},
		terminal: server + "a␛[31mb␀\n",
	},
	{
		name:     "a line too long to show again",
		steps:    []step{{"client", long}, {"server", "a\n"}, {"client", "!"}, {"server", "b\n"}, {"client", "?\n"}},
		terminal: client + long + erase + server + "a\n" + client + long + "!\n" + server + "b\n" + client + "?\n",
		file:     client + long + "\n" + server + "a\n" + client + long + "!\n" + server + "b\n" + client + "?\n",
	},
	{
		name:     "nothing",
		steps:    []step{{"client", ""}, {"server", ""}},
		terminal: "",
	},
}

func TestShow(t *testing.T) {
	for _, test := range shows {
		if test.file == "" {
			test.file = test.terminal
		}
		for _, terminal := range []bool{true, false} {
			want := test.file
			name := test.name + ", in a file"
			if terminal {
				want, name = test.terminal, test.name+", on a terminal"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // whose clock makes courtesy cost nothing
					c, screen := open(t, terminal)
					programs := map[string]io.Writer{"server": c.Program("server"), "client": c.Program("client")}
					for _, step := range test.steps {
						if step.who == "typed" {
							screen.WriteString(step.text + "\n") // the terminal does
							c.Typed(programs["client"])
						} else if n, err := io.WriteString(programs[step.who], step.text); n != len(step.text) || err != nil {
							t.Errorf("wrote %d, %v", n, err)
						}
					}
					c.Close()
					c.Close() // does no more
					if got := screen.String(); got != want {
						t.Errorf("\ngot:  %q\nwant: %q", got, want)
					}
				})
			})
		}
	}
}

// TestAtOnce checks that each byte that can be shown is shown when Write returns.
func TestAtOnce(t *testing.T) {
	c, screen := open(t, true)
	w := c.Program("server")
	want := server
	for _, piece := range []string{"n", "a", "m", "e", ":", " "} {
		io.WriteString(w, piece)
		want += piece
		if got := screen.String(); got != want {
			t.Fatalf("\ngot:  %q\nwant: %q", got, want)
		}
	}
}

func TestPadding(t *testing.T) {
	c, screen := open(t, false, "né", "a")
	fmt.Fprintln(c.Program("né"), "one")
	fmt.Fprintln(c.Program("a"), "two")
	if got, want := screen.String(), "né │ one\na  │ two\n"; got != want {
		t.Errorf("\ngot:  %q\nwant: %q", got, want)
	}
}

func TestSetColor(t *testing.T) {
	defer SetColor("never") // as it is in tests, which have no terminal
	for _, test := range []struct{ when, server, client, other string }{
		{"always", "\x1b[36mserver │ \x1b[0mx\n", "\x1b[33mclient │ \x1b[0mx\n", "relay  │ x\n"},
		{"never", "server │ x\n", "client │ x\n", "relay  │ x\n"},
	} {
		if err := SetColor(test.when); err != nil {
			t.Error(err)
		}
		c, screen := open(t, false)
		for name, want := range map[string]string{"server": test.server, "client": test.client, "relay": test.other} {
			screen.Reset()
			fmt.Fprintln(c.Program(name), "x")
			if got := screen.String(); got != want {
				t.Errorf("%s\ngot:  %q\nwant: %q", test.when, got, want)
			}
		}
	}
	if err := SetColor("auto"); err != nil {
		t.Error(err)
	}
	if err := SetColor("sometimes"); err == nil || !strings.Contains(err.Error(), `"sometimes"`) {
		t.Error(err)
	}
}

// TestCourtesy has the client's output read before the server's.
func TestCourtesy(t *testing.T) {
	// after shows what the client prints, and what the server prints so much
	// later, and returns the screen and how long the client's took.
	after := func(s, k io.Writer, screen *bytes.Buffer, late time.Duration) (string, time.Duration) {
		var wg sync.WaitGroup
		wg.Go(func() {
			time.Sleep(late)
			io.WriteString(s, "asked\n")
		})
		start := time.Now()
		io.WriteString(k, "answered\n")
		took := time.Since(start)
		wg.Wait()
		return screen.String(), took
	}
	const inOrder = server + "asked\n" + client + "answered\n"
	const outOfOrder = client + "answered\n" + server + "asked\n"
	run := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
	}
	run("the server is late", func(t *testing.T) {
		c, screen := open(t, false)
		got, took := after(c.Program("server"), c.Program("client"), screen, courtesy-1)
		if got != inOrder || took != courtesy-1 {
			t.Errorf("after %v: %q", took, got)
		}
	})
	run("the server is too late", func(t *testing.T) {
		c, screen := open(t, false)
		got, took := after(c.Program("server"), c.Program("client"), screen, courtesy+1)
		if got != outOfOrder || took != courtesy {
			t.Errorf("after %v: %q", took, got)
		}
	})
	run("the server has spoken", func(t *testing.T) {
		c, _ := open(t, false)
		s, k := c.Program("server"), c.Program("client")
		start := time.Now()
		io.WriteString(s, "one\n")
		io.WriteString(s, "two\n")
		io.WriteString(k, "three\n")
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %v", took)
		}
		io.WriteString(k, "four\n") // to which the server may have something to say again
		if took := time.Since(start); took != courtesy {
			t.Errorf("waited %v", took)
		}
	})
	run("something was typed", func(t *testing.T) {
		c, screen := open(t, true)
		s, k := c.Program("server"), c.Program("client")
		io.WriteString(k, "> ")
		io.WriteString(s, "unasked\n")
		c.Typed(k)
		screen.Reset()
		got, took := after(s, k, screen, courtesy-1)
		if got != inOrder || took != courtesy-1 {
			t.Errorf("after %v: %q", took, got)
		}
	})
	run("a client starts", func(t *testing.T) {
		c, _ := open(t, false)
		fmt.Fprintln(c.Program("server"), "listening")
		start := time.Now()
		fmt.Fprintln(c.Program("client"), "answered")
		if took := time.Since(start); took != courtesy {
			t.Errorf("waited %v", took)
		}
	})
	run("no server", func(t *testing.T) {
		c, _ := open(t, false, "client")
		start := time.Now()
		io.WriteString(c.Program("client"), "alone\n")
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %v", took)
		}
	})
}

// TestTogether has both programs print at once, in pieces.
func TestTogether(t *testing.T) { synctest.Test(t, together) }

func together(t *testing.T) {
	const n = 200
	c, screen := open(t, false)
	programs := map[string]io.Writer{"server": c.Program("server"), "client": c.Program("client")}
	var wg sync.WaitGroup
	for name, w := range programs {
		wg.Go(func() {
			for i := range n {
				fmt.Fprintf(w, "%s %d", name, i)
				io.WriteString(w, ".\n")
			}
		})
	}
	wg.Go(func() {
		for range n {
			c.Typed(programs["client"])
		}
	})
	wg.Wait()
	c.Close()
	for name := range programs {
		for i := range n {
			if line := fmt.Sprintf("%s │ %s %d", name, name, i); !strings.Contains(screen.String(), line) {
				t.Errorf("not shown: %q", line)
			}
		}
	}
	for line := range strings.Lines(screen.String()) {
		if !strings.HasPrefix(line, server) && !strings.HasPrefix(line, client) && line != ".\n" {
			t.Errorf("a line begins with no name: %q", line)
		}
	}
}

// TestEndless shows megabytes without an end of line, and now and then another
// program's line: what is shown and kept must not grow with them.
func TestEndless(t *testing.T) {
	const piece, pieces = 1 << 10, 2 << 10
	c, _ := open(t, true)
	var shown counter
	c.out = &shown
	s, k := c.Program("server"), c.Program("relay")
	text := strings.Repeat("x", piece)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range pieces {
		io.WriteString(s, text)
		if i%16 == 0 {
			io.WriteString(k, "news\n")
		}
	}
	runtime.ReadMemStats(&after)
	if most := piece*pieces + pieces/16*64; int(shown) > most {
		t.Errorf("%d bytes are shown, more than %d", shown, most)
	}
	if each := (after.TotalAlloc - before.TotalAlloc) / pieces; each > 16*piece {
		t.Errorf("%d bytes are allocated for each %d", each, piece)
	}
	if kept := len(s.(*pane).line); kept > longest+1 {
		t.Errorf("%d bytes are kept", kept)
	}
}

type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// TestClosed checks that a program learns that its output goes nowhere.
func TestClosed(t *testing.T) {
	c, _ := open(t, false)
	r, w := io.Pipe()
	r.Close()
	c.out = w
	if _, err := io.WriteString(c.Program("server"), "x\n"); err == nil {
		t.Error("no error")
	}
}
