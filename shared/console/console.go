// Package console shows what several programs print in one terminal.
package console

import (
	"fmt"
	"io"
	"os"
	"slices"
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
	erase bool // out is a terminal, on which a line can be erased
	width int  // of the longest name
	panes []*pane
	open  *pane // whose unfinished line the cursor stands behind; nil: none

	turns bool // there is a server to go first
	// spoke is closed once the server has shown something since the client
	// started, last showed something, or had something typed for it.
	spoke chan struct{}
}

// A server prints before it answers, so what a client prints comes after it.
// But they come through two pipes, and which is read first is chance: about
// one time in ten the client's. So the client's output waits this long for the
// server's, unless that has come already.
const courtesy = 5 * time.Millisecond

// A line that is longer, in bytes, is not erased and shown again: together
// with a name it may fill more than one row of a terminal.
const longest = 70

// New returns a console for programs with the given names. On a terminal, what
// a program prints while another's line is unfinished goes above that line.
func New(out *os.File, names ...string) *Console {
	c := &Console{out: out, spoke: make(chan struct{})}
	if out == os.Stdout {
		c.out = color.Output // knows what a terminal on Windows wants
	}
	c.turns = slices.Contains(names, "server")
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
	for _, paint := range colors {
		switch when {
		case "auto": // as the library found it
		case "always":
			paint.EnableColor()
		case "never":
			paint.DisableColor()
		default:
			return fmt.Errorf("-color is auto, always or never, not %q", when)
		}
	}
	return nil
}

var colors = map[string]*color.Color{
	"server": color.New(color.FgCyan),
	"client": color.New(color.FgYellow),
}

// Paint returns text in the colour of the program with that name, if it has one.
func Paint(name, text string) string {
	if paint, ok := colors[name]; ok {
		return paint.Sprint(text)
	}
	return text
}

// Program returns a writer that shows what the program with that name prints.
// Control characters in it are made visible.
func (c *Console) Program(name string) io.Writer {
	label := name + strings.Repeat(" ", c.width-utf8.RuneCountInString(name)) + " │ "
	p := &pane{console: c, name: name, label: Paint(name, label)}
	c.mu.Lock()
	c.panes = append(c.panes, p)
	c.spoke = make(chan struct{}) // what it said before has nothing to do with a client that starts
	c.mu.Unlock()
	return p
}

// Typed says that Enter was pressed behind the unfinished line of the program
// that w belongs to. The terminal has shown what was typed.
func (c *Console) Typed(w io.Writer) {
	p := w.(*pane)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = nil // whosever line it was
	p.line, p.hidden = "", false
	c.spoke = make(chan struct{})
}

// Close shows what was held back, and ends unfinished lines.
func (c *Console) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.panes {
		p.show(p.text.Rest())
	}
	for c.open != nil {
		c.open.show("\n")
	}
}

// A pane is what one program prints.
type pane struct {
	console *Console
	name    string
	label   string // how it shows
	text    Text
	line    string // what shows of an unfinished line; only the beginning of one that is too long
	hidden  bool   // that has been erased
}

func (p *pane) Write(b []byte) (int, error) {
	p.console.mu.Lock()
	defer p.console.mu.Unlock()
	p.takeTurn()
	return len(b), p.show(p.text.Next(b))
}

func isHidden(p *pane) bool { return p.hidden }

// takeTurn lets the server go first.
func (p *pane) takeTurn() {
	c := p.console
	if !c.turns {
		return
	}
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
func (p *pane) show(text string) error {
	if text == "" {
		return nil
	}
	c := p.console
	var b strings.Builder
	other := c.open // whose line is in the way
	inside := other == p
	switch {
	case inside || other == nil:
	case c.erase && len(other.line) <= longest:
		b.WriteString("\r\x1b[K")
		other.hidden = true
	default:
		b.WriteByte('\n')
	}
	if !inside { // should the line have begun, it begins again here
		if len(p.line) <= longest {
			text = p.line + text
		}
		p.line, p.hidden = "", false
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
	if len(p.line) > longest {
		p.line = strings.Clone(p.line[:longest+1])
	}
	c.open = nil
	if p.line != "" {
		c.open = p
	} else if i := slices.IndexFunc(c.panes, isHidden); i >= 0 {
		c.open = c.panes[i]
		c.open.hidden = false
		b.WriteString(c.open.label + c.open.line)
	}
	_, err := io.WriteString(c.out, b.String())
	return err
}
