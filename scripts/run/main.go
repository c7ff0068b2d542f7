// Run plays a lesson: its server and its client, in one terminal.
//
// Usage:
//
//	run [-color auto|always|never] [LESSON [server|client]] [-- ARG ...]
//
// Without arguments it lists the lessons. LESSON is a number, or a folder's
// name. The keyboard goes to the client, and so do the ARGs; with server or
// client, that program runs alone and gets them. The client's end ends the
// server, and Ctrl-C both; pressed once more, at once.
//
// The exit status is the client's, or that of the program that ran alone or
// could not start.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"bothends/shared/console"
	"bothends/shared/lesson"
	"bothends/shared/progress"
)

var ( // variables for the tests
	patience = 10 * time.Second       // for a server's first line
	grace    = 2 * time.Second        // for the end of what was interrupted
	settle   = 100 * time.Millisecond // for a server's last words
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("run: ")
	words, args := flags(os.Args[1:])
	root, err := lesson.Root()
	if err != nil {
		log.Fatal(err)
	}
	if len(words) == 0 {
		list(root)
		return
	}
	l, err := lesson.Find(root, words[0])
	if err != nil {
		log.Print(err)
		os.Exit(2)
	}
	names := lesson.Pair
	if len(words) > 1 {
		names = words[1:2]
	}
	paths, err := l.Build(names...)
	if err != nil {
		log.Fatal(err)
	}
	s := newStage(names)
	var status int
	if len(names) == 1 {
		status = s.playOne(names[0], paths[0], args)
	} else {
		status = s.playBoth(paths[0], paths[1], args)
	}
	s.console.Close()
	if status == 0 && s.ctx.Err() == nil {
		played(root, l)
	}
	os.Exit(status)
}

// flags reads the command line: flags, before or behind the words, and what
// stands behind "--".
func flags(line []string) (words, args []string) {
	colored := flag.String("color", "auto", "colour the names: `when` is auto, always or never")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: run [-color when] [LESSON [server|client]] [-- ARG ...]")
		flag.PrintDefaults()
	}
	if i := slices.Index(line, "--"); i >= 0 {
		line, args = line[:i], line[i+1:]
	}
	for {
		flag.CommandLine.Parse(line) // exits if it cannot
		if flag.NArg() == 0 {
			break
		}
		words = append(words, flag.Arg(0))
		line = flag.Args()[1:]
	}
	if len(words) > 2 || len(words) == 2 && !slices.Contains(lesson.Pair, words[1]) || len(words) == 0 && len(args) > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := console.SetColor(*colored); err != nil {
		log.Print(err)
		os.Exit(2)
	}
	return words, args
}

// list shows the lessons, by part.
func list(root string) {
	lessons, err := lesson.All(root)
	if err != nil {
		log.Fatal(err)
	}
	record, err := progress.Read(root)
	if err != nil {
		log.Printf("what you have done is not known: %v", err)
	}
	next := ""
	for i, part := range lesson.Parts {
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		titled := false
		for _, l := range lessons {
			if l.Number < part.First || l.Number > part.Last {
				continue
			}
			if !titled {
				fmt.Printf("%d. %s\n", i+1, part.Title)
				titled = true
			}
			question, err := l.Question()
			if err != nil {
				log.Fatal(err)
			}
			state, err := done(l, record)
			if err != nil {
				log.Fatal(err)
			}
			if state == "" && next == "" {
				state, next = "next", l.Name[:2]
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\n", state, l.Name, question)
		}
		t.Flush()
		if titled {
			fmt.Println()
		}
	}
	if next == "" {
		fmt.Println("You have begun them all.")
	} else {
		fmt.Println("Next: go run ./scripts/run", next)
	}
}

// done says how far somebody has come with a lesson: "", "played", "1 of 3" of
// its exercises, or "done".
func done(l lesson.Lesson, record progress.Record) (string, error) {
	names, err := l.Exercises()
	if err != nil {
		return "", err
	}
	n := 0
	for _, name := range names {
		if _, ok := record.Passed[l.Name+"/"+name]; ok {
			n++
		}
	}
	_, played := record.Played[l.Name]
	switch {
	case n > 0 && n == len(names):
		return "done", nil
	case n > 0:
		return fmt.Sprintf("%d of %d", n, len(names)), nil
	case played:
		return "played", nil
	}
	return "", nil
}

func played(root string, l lesson.Lesson) {
	record, err := progress.Read(root)
	if err == nil {
		record.Played[l.Name] = time.Now().UTC().Truncate(time.Second)
		err = record.Write(root)
	}
	if err != nil {
		log.Print("could not note that you played it: ", err)
	}
}

// A stage is where the programs of a lesson play.
type stage struct {
	console *console.Console
	ctx     context.Context // cancelled by the first Ctrl-C
}

func newStage(names []string) *stage {
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
	return &stage{console.New(os.Stdout, names...), ctx}
}

// say prints a message of our own.
func (s *stage) say(err error) {
	s.console.Close()
	log.Print(err)
}

// playOne runs one program alone and returns its exit status.
func (s *stage) playOne(name, path string, args []string) int {
	p, err := s.start(name, path, args)
	if err != nil {
		s.say(err)
		return 1
	}
	return lesson.Status(s.end(p))
}

// playBoth runs the server and the client and returns the client's exit
// status, or the server's if that does not come to listen.
func (s *stage) playBoth(serverPath, clientPath string, args []string) int {
	server, err := s.start("server", serverPath, nil)
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
		interrupt(server)
		return 1
	}
	client, err := s.start("client", clientPath, append([]string{"-addr", addr}, args...))
	if err != nil {
		s.say(err)
		interrupt(server)
		return 1
	}
	select {
	case <-server.Done():
	case <-client.Done(): // the server may have something to say yet, or be about to end itself
		last, cancel := context.WithTimeout(s.ctx, settle)
		defer cancel()
		server.Wait(last)
	case <-s.ctx.Done():
	}
	if err := ended(server); err != nil && s.ctx.Err() == nil {
		fmt.Fprintln(s.console.Program("server"), err)
	}
	status := lesson.Status(s.end(client))
	interrupt(server)
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

// start starts a program whose output shows on the console.
func (s *stage) start(name, path string, args []string) (*lesson.Program, error) {
	cmd := exec.Command(path, args...)
	out := s.console.Program(name)
	cmd.Stdout, cmd.Stderr = out, out
	if name == "client" {
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		go s.feed(in, out)
	}
	return lesson.Start(cmd)
}

// feed passes what is typed, line by line, to the program that shows on out.
func (s *stage) feed(in io.WriteCloser, out io.Writer) {
	defer in.Close()
	terminal := console.Terminal(os.Stdin) && console.Terminal(os.Stdout) // shows what is typed
	for keyboard := bufio.NewReader(os.Stdin); ; {
		line, err := keyboard.ReadString('\n')
		if line != "" {
			if terminal {
				s.console.Typed(out)
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
func (s *stage) listening(server *lesson.Program) (addr string, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	line, err := server.FirstLine(ctx)
	switch {
	case s.ctx.Err() != nil:
		return "", errors.New("stopped")
	case ctx.Err() != nil:
		return "", fmt.Errorf("the server printed no line within %v", patience)
	case err != nil:
		return "", err
	}
	addr, ok := lesson.Address(line)
	if !ok {
		// It may say why it cannot listen, and be about to end.
		ctx, cancel := context.WithTimeout(s.ctx, grace)
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
func (s *stage) end(p *lesson.Program) error {
	err := p.Wait(s.ctx)
	if s.ctx.Err() != nil {
		return interrupt(p)
	}
	return err
}

// interrupt ends a program, by force if it does not end soon.
func interrupt(p *lesson.Program) error {
	p.Interrupt()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := p.Wait(ctx)
	if ctx.Err() != nil {
		p.Kill()
		return p.Wait(context.Background())
	}
	return err
}
