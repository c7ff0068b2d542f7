// Package console shows what several programs print in one terminal.
package console

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/fatih/color"
)

// A Console shows lines of several programs, each behind its program's name:
// the server's teal, the client's amber. Unfinished lines, such as prompts,
// show at once.
type Console struct {
	mu    sync.Mutex
	out   io.Writer
	erase bool  // out is a terminal, on which a line can be erased
	width int   // of the longest name
	open  *pane // whose unfinished line the cursor stands behind; nil: none

	// spoke is closed once the server has shown something since the client
	// last did, or since something was typed for it.
	spoke chan struct{}
}

// A server prints before it answers, so what a client prints comes after it.
// But they come through two pipes, and which is read first is chance: about
// one time in ten the client's. So the client's output waits this long for the
// server's, unless that has come already.
const courtesy = 5 * time.Millisecond

// New returns a console for programs with the given names. On a terminal, what
// a program prints while another's line is unfinished goes above that line.
func New(out *os.File, names ...string) *Console {
	c := &Console{out: out, spoke: make(chan struct{})}
	if out == os.Stdout {
		c.out = color.Output // knows what a terminal on Windows wants
	}
	c.erase = Terminal(out) && os.Getenv("TERM") != "dumb"
	for _, name := range names {
		c.width = max(c.width, utf8.RuneCountInString(name))
	}
	return c
}

// Terminal reports whether f is a terminal.
func Terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// SetColor sets whether consoles use colour: "always", "never", or "auto", on
// a terminal if the environment variable NO_COLOR is not set.
func SetColor(when string) error {
	switch when {
	case "auto": // as the library found it
	case "always":
		color.NoColor = false
	case "never":
		color.NoColor = true
	default:
		return fmt.Errorf("-color is auto, always or never, not %q", when)
	}
	return nil
}

var colors = map[string]*color.Color{
	"server": color.New(color.FgCyan),
	"client": color.New(color.FgYellow),
}

// Program returns a writer that shows what the program with that name prints.
// Control characters in it are made visible.
func (c *Console) Program(name string) io.Writer {
	label := name + strings.Repeat(" ", c.width-utf8.RuneCountInString(name)) + " │ "
	if paint, ok := colors[name]; ok {
		label = paint.Sprint(label)
	}
	return &pane{console: c, name: name, label: label}
}

// Typed says that Enter was pressed behind the unfinished line of the program
// that w belongs to. The terminal has shown what was typed.
func (c *Console) Typed(w io.Writer) {
	p := w.(*pane)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == p {
		c.open = nil
	}
	p.line = ""
	c.spoke = make(chan struct{})
}

// Close ends an unfinished line.
func (c *Console) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open != nil {
		fmt.Fprintln(c.out)
		c.open = nil
	}
}

// A pane is what one program prints.
type pane struct {
	console *Console
	name    string
	label   string // how it shows
	rest    []byte // the beginning of a character that is not complete
	line    string // what shows of an unfinished line
}

func (p *pane) Write(b []byte) (int, error) {
	p.console.mu.Lock()
	defer p.console.mu.Unlock()
	p.takeTurn()
	text := append(p.rest, b...)
	n := len(text) - unfinished(text)
	p.rest = append([]byte(nil), text[n:]...)
	p.show(Visible(strings.ReplaceAll(string(text[:n]), "\r\n", "\n")))
	return len(b), nil
}

// takeTurn lets the server go first.
func (p *pane) takeTurn() {
	c := p.console
	switch p.name {
	case "server":
		select {
		case <-c.spoke:
		default:
			close(c.spoke)
		}
	case "client":
		spoke := c.spoke
		c.mu.Unlock()
		select {
		case <-spoke:
		case <-time.After(courtesy):
		}
		c.mu.Lock()
		c.spoke = make(chan struct{})
	}
}

// show shows text: whole lines, and perhaps part of one.
func (p *pane) show(text string) {
	if text == "" {
		return
	}
	c := p.console
	var b strings.Builder
	other := c.open // whose line is in the way
	inside := other == p
	switch {
	case inside:
		other = nil
	case other != nil && c.erase:
		b.WriteString("\r\x1b[K")
	case other != nil:
		b.WriteByte('\n')
	}
	if !inside { // should the line have begun, it begins again here
		text, p.line = p.line+text, ""
	}
	for line := range strings.Lines(text) {
		if !inside {
			b.WriteString(p.label)
		}
		b.WriteString(line)
		inside = false
	}
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		p.line = text[i+1:]
	} else {
		p.line += text
	}
	switch {
	case p.line != "":
		c.open = p
	case other != nil && c.erase:
		b.WriteString(other.label + other.line)
		c.open = other
	default:
		c.open = nil
	}
	io.WriteString(c.out, b.String())
}

// unfinished returns how many bytes at the end of b begin a character that is
// not complete.
func unfinished(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}
