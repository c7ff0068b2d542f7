package lesson

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Program is a program that was started.
type Program struct {
	cmd   *exec.Cmd
	first *firstLine
	out   []*outlet
	done  chan struct{} // closed when it has ended and all it printed has been written
	err   error         // how it ended; valid once done is closed
}

// ErrEnded says that a program ended before it did what was waited for.
var ErrEnded = errors.New("the program has ended")

var running struct {
	sync.Mutex
	programs map[*Program]bool
}

// waitDelay is how long a program's children may hold its output open when it
// has ended. A variable for the tests.
var waitDelay = time.Second

// Start starts cmd in a process group of its own, so that a signal reaches its
// children too. What it prints goes to cmd.Stdout and cmd.Stderr; where both
// are the same writer, in the order in which it was printed.
func Start(cmd *exec.Cmd) (*Program, error) {
	p := &Program{cmd: cmd, done: make(chan struct{})}
	p.first = &firstLine{to: cmd.Stdout, full: make(chan struct{})}
	if cmd.Stderr == cmd.Stdout {
		cmd.Stderr = p.first // the same pipe, and so the true order
	}
	cmd.Stdout = p.first
	cmd.WaitDelay = waitDelay
	ownGroup(cmd)
	var err error
	if p.out, err = attach(cmd); err != nil {
		return nil, err
	}
	running.Lock() // KillAll must not miss it
	defer running.Unlock()
	if err := cmd.Start(); err != nil {
		release(p.out)
		return nil, err
	}
	started(p.out)
	if running.programs == nil {
		running.programs = map[*Program]bool{}
	}
	running.programs[p] = true
	go func() {
		p.err = cmd.Wait()
		finish(p.out, waitDelay)
		killRest(cmd)
		if errors.Is(p.err, exec.ErrWaitDelay) {
			p.err = nil // it ended well, though a child of it has not
		}
		running.Lock()
		delete(running.programs, p)
		running.Unlock()
		close(p.done)
	}()
	return p, nil
}

// KillAll kills every program that was started and has not ended.
func KillAll() {
	running.Lock()
	defer running.Unlock()
	for p := range running.programs {
		kill(p.cmd)
	}
}

// FirstLine waits for the first full line that the program prints, and returns
// it without its end. The error is ErrEnded, or that of the context.
func (p *Program) FirstLine(ctx context.Context) (string, error) {
	select {
	case <-p.first.full:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-p.done:
		select { // it may have printed and ended at once
		case <-p.first.full:
		default:
			return "", ErrEnded
		}
	}
	return string(bytes.TrimRight(p.first.line, "\r\n")), nil
}

// Drain returns when all that the program has printed by now has been written.
// On Windows it waits a moment and hopes.
func (p *Program) Drain() { drain(p.out) }

// Done returns a channel that is closed when the program has ended and all
// that it printed has been written.
func (p *Program) Done() <-chan struct{} { return p.done }

// Wait waits for the program's end. It returns nil for exit status 0, an
// *exec.ExitError for any other end, and the context's error if that comes first.
func (p *Program) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Interrupt does to the program what Ctrl-C in its terminal would. The error
// is ErrEnded, or the system's.
func (p *Program) Interrupt() error { return p.alive(interrupt) }

// Suspend makes the program stand still, and returns when it does. The error
// is ErrEnded, errors.ErrUnsupported, or the system's.
func (p *Program) Suspend() error { return p.alive(suspend) }

// Resume lets a suspended program go on. The error is that of Suspend.
func (p *Program) Resume() error { return p.alive(resume) }

// Dump makes a Go program print what each goroutine is doing, and end. The
// error is that of Suspend.
func (p *Program) Dump() error { return p.alive(dump) }

// Kill kills the program and its children.
func (p *Program) Kill() {
	p.alive(func(cmd *exec.Cmd) error {
		kill(cmd)
		return nil
	})
}

// alive does something to the program unless that has ended: its number may be
// another's by now.
func (p *Program) alive(do func(*exec.Cmd) error) error {
	select {
	case <-p.done:
		return ErrEnded
	default:
		return do(p.cmd)
	}
}

// Interrupted reports whether a program ended, with err, because of Ctrl-C.
func Interrupted(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && interrupted(exit.ProcessState)
}

// Status returns the exit status of a program that ended with err, as a shell
// would: 128 and the signal's number if a signal ended it.
func Status(err error) int {
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 1
	}
	return status(exit.ProcessState)
}

// Address returns the address that a server's first line announces:
// "listening on 127.0.0.1:20000".
func Address(line string) (addr string, ok bool) {
	addr, ok = strings.CutPrefix(line, "listening on ")
	i := strings.LastIndexByte(addr, ':')
	_, err := strconv.ParseUint(addr[i+1:], 10, 16)
	if !ok || i < 0 || err != nil || strings.ContainsAny(addr, " \t") {
		return "", false
	}
	return addr, true
}

// A firstLine keeps the first line of what is written through it.
type firstLine struct {
	to   io.Writer
	line []byte
	full chan struct{} // closed when line is complete
}

const longestLine = 4096 // a first line that is longer counts as full

func (f *firstLine) Write(b []byte) (int, error) {
	n, err := len(b), error(nil)
	if f.to != nil {
		n, err = f.to.Write(b)
	}
	select {
	case <-f.full:
		return n, err
	default:
	}
	head, _, full := bytes.Cut(b, []byte("\n"))
	f.line = append(f.line, head...)
	if full || len(f.line) > longestLine {
		close(f.full)
	}
	return n, err
}
