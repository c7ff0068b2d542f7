package script

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"bothends/shared/lesson"

	"github.com/rogpeppe/go-internal/testscript"
)

// Foreign is how scripts run programs that are not the course's own: anybody's,
// in any language, each started by a command line. A script sees only what
// crosses the wire, and a program need not print more than one line when it
// listens. Scripts must say where: serve and open take -addr.
type Foreign struct {
	// Command returns the command line of the program that a script calls
	// server, or client. In its words, {addr}, {host} and {port} become the
	// address; where none is, -addr HOST:PORT follows the last.
	Command func(name string) ([]string, error)
	// Dir is the folder in which programs run.
	Dir string
	// Start is how long a program may take to start, and Patience how long it
	// may take for anything else.
	Start, Patience time.Duration
	// Moment is how long a program that did something wrong gets to end, before
	// it counts as one that still runs. 0 means 200 ms.
	Moment time.Duration
	// Limit is how long a script may take from when it last started a program,
	// or its server was there. 0 means ten seconds.
	Limit time.Duration
	// Report is told why a script failed. It is not called for a script that
	// is wrong itself.
	Report func(Failure)
}

// Params returns what testscript needs to run scripts.
func (f Foreign) Params() testscript.Params {
	limit := f.Limit
	if limit == 0 {
		limit = Limit
	}
	return params(&cast{command: f.Command, foreign: &f}, limit)
}

// A Kind is what a script waited for in vain.
type Kind int

const (
	NotStarted Kind = iota // the program could not be started
	NoLine                 // a server's first line
	Refused                // a connection to the server
	NoClient               // a connection from the client, or a datagram
	Differs                // certain bytes
	NoEnd                  // the end of the stream
	NotSilent              // silence
	StillThere             // the program's end
	BadEnd                 // an end with status 0
	GoodEnd                // an end with another status
	Steers                 // output that cannot steer a terminal
	Broken                 // the connection, on sending
)

// A Failure is how a program failed a script.
type Failure struct {
	Kind Kind
	// Name is the program's in the script: that which was started last, where
	// the failure does not say.
	Name string
	// Network is tcp, udp, or "" where nothing was to cross the wire.
	Network string
	// Addr is where the server was to be, or the client to come, and Given is
	// the address that the program was given: another where it is to count on
	// from that, or "".
	Addr, Given string
	// Sent is what the program was sent last, and nil if nothing was.
	Sent []byte
	// Want is what was to come, and Came what came up to where it went wrong.
	Want, Came []byte
	// SentText, WantText and CameText are the same for people, in lines, and
	// Why is what is wrong, where the script itself can read what crosses the
	// wire; or "".
	SentText, WantText, CameText, Why string
	// Clock is what time it was when Came had come, if that was to be the time.
	// Want is then an example.
	Clock time.Time
	// Earlier is what came before, one by one, over the same connection or
	// from the same socket.
	Earlier [][]byte
	// Err is what came in place of more bytes: io.EOF, a timeout, a reset.
	Err error
	// Late is what came when the stream was ended, after a timeout.
	Late []byte
	// Reached says that the server took a connection before, over the same
	// network, and Others that there were others than the one that failed.
	// Ports is at how many ports it took them. Over is the other network,
	// if it has answered at this address over that, or "".
	Reached, Others bool
	Ports           int
	Over            string
	// Listens says that somebody has the server's address, though no line came
	// or though it was to end.
	Listens bool
	// Took is how long was waited.
	Took time.Duration
	// Programs are those that ran, and what they had printed.
	Programs []Printed
}

// Printed is what a program had printed, fit for a terminal.
type Printed struct {
	Name  string
	Text  string
	Ended bool
	State string // in the words of go run, if it has ended

	raw string // Text as it was printed
}

// blame ends the script for something that a program did or did not do.
func (s *session) blame(f Failure, format string, args ...any) {
	if s.cast.foreign != nil {
		f.Programs = s.printed(s.hungUp || f.Err != nil && !errors.Is(f.Err, os.ErrDeadlineExceeded))
		f.Reached = s.reached[f.Network+" "+f.Addr] > 0
		f.Others = s.reached[f.Network+" "+f.Addr] > 1
		f.Ports = s.ports()
		for _, p := range s.peers {
			if p.at == f.Addr && p.network() != f.Network && len(p.came) > 0 {
				f.Over = p.network()
			}
		}
		if f.Name == "" {
			f.Name = s.latest
		}
		f.Given = s.given
		if errors.Is(f.Err, os.ErrDeadlineExceeded) || errors.Is(f.Err, context.DeadlineExceeded) {
			f.Took = s.waited(f.Took)
		}
		s.cast.foreign.Report(f)
	}
	s.fatalf(format, args...)
}

// ports returns at how many of its ports a foreign server has been reached.
func (s *session) ports() int {
	all := map[string]bool{}
	for at := range s.reached {
		_, addr, _ := strings.Cut(at, " ")
		all[addr] = true
	}
	return len(all)
}

// waited returns how long was to be waited, where it took a bit longer: on a
// busy machine, nobody is called the moment that the time is over.
func (s *session) waited(took time.Duration) time.Duration {
	f := s.cast.foreign
	switch {
	case f == nil || took < min(f.Start, f.Patience):
		return took
	case took < max(f.Start, f.Patience):
		return min(f.Start, f.Patience)
	}
	return max(f.Start, f.Patience)
}

// printed returns what each program that was not seen to end has printed. One
// that is about to end gets a moment to do so; more of it if a connection has
// ended, for that may be all that is known of the program's end.
func (s *session) printed(ended bool) []Printed {
	moment := s.cast.foreign.Moment
	if moment == 0 {
		moment = 200 * time.Millisecond
	}
	if ended {
		moment = s.cast.foreign.Patience
	}
	soon, cancel := context.WithTimeout(context.Background(), moment)
	defer cancel()
	var all []Printed
	for name, t := range s.terminals {
		p := Printed{Name: name}
		t.program.Wait(soon)
		if p.Ended = t.ended(); p.Ended {
			p.State = state(t.program.Wait(context.Background()))
		}
		p.Text = s.names.show(t.String())
		all = append(all, p)
	}
	return append(all, s.over...)
}

// fill puts the address into a command line.
func fill(argv []string, addr string) []string {
	host, port, _ := splitPort(addr)
	var filled []string
	there := strings.NewReplacer("{addr}", addr, "{host}", strings.Trim(host, "[]"), "{port}", port)
	for _, word := range argv {
		filled = append(filled, there.Replace(word))
	}
	if slices.Equal(filled, argv) {
		filled = append(filled, "-addr", addr)
	}
	return filled
}

// serveForeign starts a server at an address that is free.
func (s *session) serveForeign(name, shown string, rest []string) {
	host, port, ok := splitPort(shown)
	if !ok {
		s.fatalf("serve %s: where? say -addr HOST:PORT", name)
	}
	real, err := s.names.free(port)
	s.must(err)
	began := time.Now()
	s.serves[name] = host + ":" + real
	t := s.start(name, append([]string{"-addr", host + ":" + real}, rest...), nil, false)
	ctx, cancel := context.WithTimeout(context.Background(), s.cast.foreign.Start)
	defer cancel()
	line, err := t.program.FirstLine(ctx)
	if err != nil {
		s.blame(Failure{Kind: NoLine, Name: name, Addr: host + ":" + real, Took: time.Since(began),
			Err: err, Listens: !isFree(real)}, "%s printed no line", name)
	}
	moment := 50 * time.Millisecond // the line may say why it cannot listen
	if dying.MatchString(line) {
		moment = s.cast.foreign.Patience
	}
	select {
	case <-t.program.Done():
		s.blame(Failure{Kind: NoLine, Name: name, Addr: host + ":" + real, Took: time.Since(began), Err: lesson.ErrEnded}, "%s has ended", name)
	case <-time.After(moment):
	}
	if tap := s.taps[name]; tap != nil && tap.relay == nil {
		s.join(tap, host, real)
	}
	s.restart()
}

// dying matches how a stack trace begins, in some languages. What prints one
// before it listens will hardly do so any more, and may take a while to end.
var dying = regexp.MustCompile(`^(Traceback \(most|panic: |fatal error: |Exception in |thread '|Unhandled |node:|\S+\.[cm]?[jt]s:\d+$)`)

// restart gives the script its time from now.
func (s *session) restart() {
	s.cancel()
	s.ctx, s.cancel = context.WithTimeout(context.Background(), s.within)
}

// free finds a port that nobody has, below those that the system gives to
// clients, and makes the script's port mean it. If a block begins there, all of
// the block is free. Other scripts leave these ports alone until this one has
// ended, for a while passes before the program has them.
func (n *names) free(shown string) (real string, err error) {
	ports := []int{0}
	if n.block.begins(shown) {
		for _, port := range n.block.ports {
			ports = append(ports, port-n.block.base)
		}
	}
	for range 1000 {
		// Lesson 05's server finds its own ports, and all of them are lower.
		base := 26200 + rand.IntN(6400)
		if slices.ContainsFunc(ports, func(p int) bool { return !n.promise(base + p) }) {
			continue
		}
		from, _ := strconv.Atoi(shown)
		for _, p := range ports {
			n.set(strconv.Itoa(base+p), strconv.Itoa(from+p))
		}
		return strconv.Itoa(base), nil
	}
	return "", errors.New("found no free port")
}

// promise finds out whether a real port is free, and if so keeps other scripts
// from it, of this process and of others.
func (n *names) promise(p int) bool {
	port := strconv.Itoa(p)
	promised.Lock()
	defer promised.Unlock()
	if p > 65535 || promised.to[port] != nil || !isFree(port) {
		return false
	}
	m, err := mark(port)
	if err != nil {
		return false
	}
	promised.to[port], n.held["mark/"+port] = n, m
	return true
}

// promised has the real ports that were found for programs, and for which
// script each.
var promised = struct {
	sync.Mutex
	to map[string]*names
}{to: map[string]*names{}}

// mark tells other processes that a port is promised, or that one of them has
// told so. It takes a name of Unix sockets that is not in the file system
// (unix(7)); other systems than Linux have none, and there nobody is told.
func mark(port string) (io.Closer, error) {
	if runtime.GOOS != "linux" {
		return io.NopCloser(nil), nil
	}
	return net.Listen("unix", "@both-ends-"+port)
}

// promisedToOthers reports whether a real port was found for another script's program.
func (n *names) promisedToOthers(port string) bool {
	promised.Lock()
	defer promised.Unlock()
	return promised.to[port] != nil && promised.to[port] != n
}

// isFree reports whether nobody has a port, over TCP or UDP, nor had it a moment
// ago: a program that does not ask to share it would not get it then.
func isFree(port string) bool {
	p, _ := strconv.Atoi(port)
	t, err := bind(p, false)
	if err != nil {
		return false
	}
	defer t.Close()
	u, err := net.ListenPacket("udp", "127.0.0.1:"+port)
	if err != nil {
		return false
	}
	u.Close()
	return true
}

// connect dials a foreign server. It has printed a line, but perhaps before it
// listened: so the first time, a refusal is not the last word.
func (s *session) connect(network, real string) (net.Conn, error) {
	var d net.Dialer
	ctx, cancel := context.WithTimeout(s.ctx, s.cast.foreign.Patience)
	defer cancel()
	var refused error
	for {
		conn, err := d.DialContext(ctx, network, real)
		switch {
		case err == nil:
			s.reached[network+" "+real]++
			return conn, nil
		case !wasRefused(err) && refused != nil: // the time was over in the middle of a try
			return nil, refused
		case !wasRefused(err) || s.reached[network+" "+real] > 0 || s.allEnded():
			return nil, err
		}
		refused = err
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *session) allEnded() bool {
	for _, t := range s.terminals {
		if !t.ended() {
			return false
		}
	}
	return true
}

// by returns when to stop waiting for a peer's next bytes. Until the latest
// client has been heard from, that may still be starting.
func (s *session) by(p *peer) time.Time {
	f := s.cast.foreign
	if f == nil {
		return s.deadline()
	}
	if p.packets != nil && (p.from == nil || p.awaits) {
		return time.Now().Add(f.Start)
	}
	return time.Now().Add(f.Patience)
}

// read reads what comes next from a peer. From foreign programs that have all
// ended no datagram will come, but for one that is still under way.
func (s *session) read(p *peer, buf []byte) (int, error) {
	by := s.by(p)
	if s.cast.foreign == nil || p.packets == nil || len(s.taps) > 0 { // a relay may hold it
		return p.read(buf, by)
	}
	for {
		ended := s.allEnded()
		soon := time.Now().Add(50 * time.Millisecond)
		if soon.After(by) {
			soon = by
		}
		n, err := p.read(buf, soon)
		if !errors.Is(err, os.ErrDeadlineExceeded) || ended || !soon.Before(by) {
			return n, err
		}
	}
}

// prod ends a stream on which nothing came in time, and returns what comes then.
func (s *session) prod(p *peer, err error) []byte {
	c, ok := p.conn.(*net.TCPConn)
	if s.cast.foreign == nil || !ok || !errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	c.CloseWrite()
	c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	late, err := io.ReadAll(io.LimitReader(c, 4096))
	s.hungUp = err == nil
	return late
}

func (s *session) ends(args []string) {
	name := args[0]
	if len(args) > 1 && (args[1] != "0" || s.neg) {
		s.usage("ends")
	}
	t := s.terminal(name)
	err := t.program.Wait(s.ctx)
	if !t.ended() {
		at := s.serves[name] // "" for a client
		_, port, _ := splitPort(at)
		s.blame(Failure{Kind: StillThere, Name: name, Addr: at, Took: s.within,
			Listens: at != "" && !isFree(port)}, "%s did not end", name)
	}
	if err != nil {
		t.status(state(err))
	}
	raw := t.String()
	s.over = append(s.over, Printed{name, s.names.show(raw), true, state(err), raw})
	s.took(name)
	if err != nil && len(args) > 1 {
		s.blame(Failure{Kind: BadEnd, Name: name}, "%s ended with %s", name, state(err))
	}
	if err == nil && s.neg {
		s.blame(Failure{Kind: GoodEnd, Name: name}, "%s ended as if all had gone well", name)
	}
}

func (s *session) harmless(args []string) {
	steers := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\t\r", r) }
	name := args[0]
	raw := ""
	if i := slices.IndexFunc(s.over, func(p Printed) bool { return p.Name == name }); i >= 0 {
		raw = s.over[i].raw
	} else {
		raw = s.terminal(name).String()
	}
	for line := range strings.Lines(raw) {
		if strings.ContainsFunc(line, steers) {
			s.blame(Failure{Kind: Steers, Name: name, Came: []byte(line)},
				"%s printed what can steer a terminal: %q", name, line)
		}
	}
}

// String is the failure in a few words, for a log.
func (f Failure) String() string {
	return fmt.Sprintf("%s: kind %d, want %q, came %q, %v, programs %v", f.Name, f.Kind, f.Want, f.Came, f.Err, f.Programs)
}
