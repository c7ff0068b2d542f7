package script

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"bothends/shared/lesson"
)

// A terminal is what the window shows in which a program runs: what it prints
// and what is typed.
type terminal struct {
	program *lesson.Program
	stdin   io.WriteCloser // nil if the program reads a file
	errors  output         // standard error, where that is kept apart
	split   bool           // it is

	output
	mark    int // what stands before it is consumed
	met     int // the ports of what stands before it have names
	entered int // where the last line that was typed ends

	shown, real string // where a server says that it listens, to the reader and really
}

// open runs cmd in a new terminal. Its input is in, or if that is nil what is
// entered. With split, standard error goes to errors.
func open(cmd *exec.Cmd, in io.Reader, split bool) (*terminal, error) {
	t := &terminal{split: split}
	cmd.Stdout, cmd.Stderr = &t.output, &t.output
	if split {
		cmd.Stderr = &t.errors
	}
	cmd.Stdin = in
	if in == nil {
		var err error
		if t.stdin, err = cmd.StdinPipe(); err != nil {
			return nil, err
		}
	}
	var err error
	t.program, err = lesson.Start(cmd)
	return t, err
}

// await waits until match finds something in the output not consumed yet, and
// consumes it. match returns how many bytes to consume, or -1. The error is
// lesson.ErrEnded, or that of the context.
func (t *terminal) await(ctx context.Context, match func(string) int) error {
	for ended := false; ; {
		text, changed := t.watch()
		if n := match(text[t.mark:]); n >= 0 {
			t.mark += n
			return nil
		}
		if ended {
			return lesson.ErrEnded
		}
		select {
		case <-changed:
		case <-t.program.Done():
			ended = true // the last of it may have come just before: look again
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// consumed returns what await has consumed so far.
func (t *terminal) consumed() string { return t.String()[:t.mark] }

// prompted waits for the prompt, and consumes it unless await did.
func (t *terminal) prompted(ctx context.Context) error {
	t.mark = t.entered
	return t.await(ctx, func(out string) int {
		if out == prompt || strings.HasSuffix(out, "\n"+prompt) {
			return len(out)
		}
		return -1
	})
}

// enter types a line. Whether the program reads it is its own affair: only
// that it neither does nor ends, until the context is done, is an error.
func (t *terminal) enter(ctx context.Context, line string) error {
	if t.stdin == nil {
		return errors.New("its input is a file")
	}
	t.entered = t.append(line + "\n")
	t.mark = t.entered
	written := make(chan struct{})
	go func() {
		io.WriteString(t.stdin, line+"\n")
		close(written)
	}()
	select {
	case <-written:
	case <-t.program.Done():
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// endInput ends what is typed.
func (t *terminal) endInput() {
	if t.stdin != nil {
		t.stdin.Close()
	}
}

// status shows how the program ended, on a line of its own, on standard error.
func (t *terminal) status(s string) {
	out := &t.output
	if t.split {
		out = &t.errors
	}
	if text := out.String(); text != "" && !strings.HasSuffix(text, "\n") {
		s = "\n" + s
	}
	out.append(s + "\n")
}

// ended reports whether the program has ended.
func (t *terminal) ended() bool {
	select {
	case <-t.program.Done():
		return true
	default:
		return false
	}
}

// stuck finds, in what a Go program prints when it is made to, the line of its
// main file that its first goroutine is at, and what that waits for.
var stuck = regexp.MustCompile(`(?m)^goroutine 1 [^\n]*\[([^\],]*)[^\n]*\n(?:.+\n)*?\t\S*/(\w+/main\.go:\d+)`)

// whereabouts ends a program that hangs, and says where it hung, if it can:
// ": it is at server/main.go:40 (IO wait)".
func (t *terminal) whereabouts() string {
	before := len(t.String())
	t.allow(64 << 10)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	at := ""
	if t.program.Dump() == nil && t.program.Wait(ctx) != context.Cause(ctx) {
		if m := stuck.FindStringSubmatch(t.String()[before:]); m != nil {
			at = fmt.Sprintf(": it is at %s (%s)", m[2], m[1])
		}
	}
	t.program.Kill()
	<-t.program.Done()
	t.truncate(before)
	return at
}

const most = 64 << 10 // bytes that are kept of what each stream prints

// An output collects what a program prints, up to a limit: one that floods
// must not take all memory, nor all time to look through.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	kept    int           // how much of it was printed, and not typed
	extra   int           // how much more than the limit
	cut     bool          // there was more
	changed chan struct{} // closed at the next change; nil if nobody watches
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	text := b[:max(0, min(len(b), most+o.extra-o.kept))]
	o.kept += len(text)
	note := ""
	if len(text) < len(b) && !o.cut {
		o.cut, note = true, "\n(it printed more than that)\n"
	}
	o.mu.Unlock()
	if len(text)+len(note) > 0 {
		o.append(string(text) + note)
	}
	return len(b), nil
}

// allow makes room for n bytes more than there are.
func (o *output) allow(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.extra = max(0, o.kept+n-most)
}

// append adds to the text, and returns how long it is now.
func (o *output) append(s string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
	o.text.WriteString(s)
	return o.text.Len()
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *output) truncate(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Truncate(n)
}

// watch returns the text, and a channel that is closed when there is more.
func (o *output) watch() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed == nil {
		o.changed = make(chan struct{})
	}
	return o.text.String(), o.changed
}
