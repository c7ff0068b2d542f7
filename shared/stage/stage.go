// Package stage plays the programs of a lesson: it starts them, gives the
// keyboard to the client, and ends what has to end.
//
// The client's end ends the server. Ctrl-C, SIGTERM and SIGHUP end both;
// once more, at once.
package stage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"bothends/shared/console"
	"bothends/shared/lesson"
)

// A View shows what the programs print. *console.Console is one.
type View interface {
	// Program returns a writer for what the program with that name prints.
	Program(name string) io.Writer
	// Typed says that Enter was pressed behind what the writer has shown last.
	Typed(w io.Writer)
	// Close shows what was held back, and ends unfinished lines. More may
	// be shown after it.
	Close()
}

// A Stage is where the programs of a lesson play. Messages of its own go to
// package log.
type Stage struct {
	View     View
	Patience time.Duration // for a server's first line
	Grace    time.Duration // for the end of what was interrupted
	Settle   time.Duration // for a server's last words

	// ServerArgs are for the server, where both programs play.
	ServerArgs []string
	// Start starts a program; nil means lesson.Start.
	Start func(name string, cmd *exec.Cmd) (*lesson.Program, error)
	// Between is told where the server listens, and returns where the client
	// is to look for it; nil means there.
	Between func(addr string) (string, error)
	// Underway waits, when the client has ended, for what is under way between
	// the two, or for the context's end; nil means that nothing ever is.
	Underway func(ctx context.Context) error

	ctx context.Context // see Context
}

// New returns a stage, and from then on Ctrl-C is for what plays there.
func New(v View) *Stage {
	ctx, cancel := context.WithCancel(context.Background())
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// Should nobody read on what we print, the programs get to know, not we.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		<-stop
		cancel()
		<-stop
		lesson.KillAll()
	}()
	return &Stage{
		View:     v,
		Patience: 10 * time.Second,
		Grace:    2 * time.Second,
		Settle:   100 * time.Millisecond,
		ctx:      ctx,
	}
}

// Context returns the context that the first Ctrl-C cancels.
func (s *Stage) Context() context.Context { return s.ctx }

// say prints a message of our own.
func (s *Stage) say(err error) {
	s.View.Close()
	log.Print(err)
}

// PlayOne runs one program alone and returns its exit status.
func (s *Stage) PlayOne(name, path string, args []string) int {
	p, err := s.start(name, path, args)
	if err != nil {
		s.say(err)
		return 1
	}
	return lesson.Status(s.end(p))
}

// PlayBoth runs the server and the client and returns the client's exit
// status, or the server's if that does not come to listen. The args are the
// client's; before them it is told where to look for the server.
func (s *Stage) PlayBoth(serverPath, clientPath string, args []string) int {
	server, err := s.start("server", serverPath, s.ServerArgs)
	if err != nil {
		s.say(err)
		return 1
	}
	defer server.Kill()
	addr, err := s.listening(server)
	if err != nil {
		if errors.Is(err, lesson.ErrEnded) {
			return max(1, lesson.Status(s.end(server)))
		}
		s.say(err)
		s.interrupt(server)
		return 1
	}
	if s.Between != nil {
		addr, err = s.Between(addr)
	}
	var client *lesson.Program
	if err == nil {
		client, err = s.start("client", clientPath, append([]string{"-addr", addr}, args...))
	}
	if err != nil {
		s.say(err)
		s.interrupt(server)
		return 1
	}
	select {
	case <-server.Done():
	case <-client.Done(): // the server may have something to say yet, or be about to end itself
		if s.Underway != nil {
			ctx, cancel := context.WithTimeout(s.ctx, s.Grace)
			s.Underway(ctx)
			cancel()
		}
		last, cancel := context.WithTimeout(s.ctx, s.Settle)
		defer cancel()
		server.Wait(last)
	case <-s.ctx.Done():
	}
	if err := ended(server); err != nil && s.ctx.Err() == nil {
		fmt.Fprintln(s.View.Program("server"), err)
	}
	status := lesson.Status(s.end(client))
	s.interrupt(server)
	return status
}

// ended returns how a program ended, or nil if it has not.
func ended(p *lesson.Program) error {
	select {
	case <-p.Done():
		return p.Wait(context.Background())
	default:
		return nil
	}
}

// start starts a program whose output shows in the view.
func (s *Stage) start(name, path string, args []string) (*lesson.Program, error) {
	cmd := exec.Command(path, args...)
	out := s.View.Program(name)
	cmd.Stdout, cmd.Stderr = out, out
	if name == "client" {
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		go s.feed(in, out)
	}
	if s.Start != nil {
		return s.Start(name, cmd)
	}
	return lesson.Start(cmd)
}

// feed passes what is typed, line by line, to the program that shows on out.
func (s *Stage) feed(in io.WriteCloser, out io.Writer) {
	defer in.Close()
	terminal := console.Terminal(os.Stdin) && console.Terminal(os.Stdout) // shows what is typed
	for keyboard := bufio.NewReader(os.Stdin); ; {
		line, err := keyboard.ReadString('\n')
		if line != "" {
			if terminal {
				s.View.Typed(out)
			}
			io.WriteString(in, line) // a program that has ended reads no more
		}
		if err != nil {
			return
		}
	}
}

// listening waits until the server listens, and returns where. The error is
// lesson.ErrEnded if it has ended instead.
func (s *Stage) listening(server *lesson.Program) (addr string, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, s.Patience)
	defer cancel()
	line, err := server.FirstLine(ctx)
	switch {
	case s.ctx.Err() != nil:
		return "", errors.New("stopped")
	case ctx.Err() != nil:
		return "", fmt.Errorf("the server printed no line within %v", s.Patience)
	case err != nil:
		return "", err
	}
	addr, ok := lesson.Address(line)
	if !ok {
		// It may say why it cannot listen, and be about to end.
		ctx, cancel := context.WithTimeout(s.ctx, s.Grace)
		defer cancel()
		if server.Wait(ctx); ctx.Err() == nil {
			return "", lesson.ErrEnded
		}
		return "", errors.New("the server's first line is not of the form: listening on HOST:PORT")
	}
	return addr, nil
}

// end waits for the program's end, and after Ctrl-C brings it about. It
// returns what Wait does.
func (s *Stage) end(p *lesson.Program) error {
	err := p.Wait(s.ctx)
	if s.ctx.Err() != nil {
		return s.interrupt(p)
	}
	return err
}

// interrupt ends a program, by force if it does not end soon.
func (s *Stage) interrupt(p *lesson.Program) error {
	p.Interrupt()
	ctx, cancel := context.WithTimeout(context.Background(), s.Grace)
	defer cancel()
	err := p.Wait(ctx)
	if ctx.Err() != nil {
		p.Kill()
		return p.Wait(context.Background())
	}
	return err
}
