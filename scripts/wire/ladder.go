package main

import (
	"bytes"
	"io"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"sync"
	"time"

	"bothends/shared/console"
	"bothends/shared/lesson"
	"bothends/shared/wire"
)

// A ladder puts what the programs print, and what crosses between them, in the
// order in which it happened, as far as one thing led to the other: what a
// program printed stands above what it sent after that.
//
// Locks are taken in this order, so that nobody waits for ever: the relay's,
// while it tells of an event; greets; that of a program's output, while it is
// drained; mu; a voice's.
type ladder struct {
	began   time.Time
	settled func() // see open
	opened  chan struct{}
	isOpen  sync.Once
	stopped chan struct{}
	pumps   sync.WaitGroup
	greets  chan struct{} // a lock, held while the server may greet a client

	mu       sync.Mutex // guards what follows
	voices   map[string]*voice
	names    map[string]string // address that the server sees → address as it shows
	view     *view
	capture  *capture      // nil: there is none
	answered chan struct{} // closed when the server has printed since the client did, or got something to do
}

// A voice is what one program prints.
type voice struct {
	ladder *ladder
	name   string

	starting sync.Mutex
	program  *lesson.Program // nil: it has not been started

	mu     sync.Mutex
	unread []byte        // what is not on the ladder yet
	taken  int           // bytes that are
	at     time.Time     // when the first of unread came
	some   chan struct{} // closed when there is any

	text console.Text // the ladder's
}

// A server prints before it answers, so what a client prints comes after it.
// Where they print at the same time, as both may when a connection comes about,
// the client waits for the server to go first. Variables for the tests.
var (
	courtesy = 10 * time.Millisecond // how long
	greeting = 50 * time.Millisecond // and once the wire knows of the connection
)

const mostUnread = 1 << 20 // bytes; a program that prints more waits for the view

func newLadder(v *view) *ladder {
	return &ladder{
		began:    time.Now(),
		settled:  func() {},
		greets:   make(chan struct{}, 1),
		opened:   make(chan struct{}),
		stopped:  make(chan struct{}),
		voices:   map[string]*voice{},
		names:    map[string]string{},
		view:     v,
		answered: make(chan struct{}),
	}
}

// Program returns a writer for what a program prints.
func (l *ladder) Program(name string) io.Writer { return l.voice(name) }

func (l *ladder) voice(name string) *voice {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.voices[name]
	if v == nil {
		v = &voice{ladder: l, name: name, some: make(chan struct{})}
		l.voices[name] = v
		l.answered = make(chan struct{}) // what was said before has nothing to do with a client that starts
		l.pumps.Go(v.pump)
	}
	return v
}

// start starts a program. Nothing that it sends is seen before it can be drained.
func (l *ladder) start(name string, cmd *exec.Cmd) (p *lesson.Program, err error) {
	v := l.voice(name)
	v.starting.Lock()
	defer v.starting.Unlock()
	v.program, err = lesson.Start(cmd)
	return v.program, err
}

// drain takes all that the program has printed by now.
func (v *voice) drain() {
	v.starting.Lock()
	p := v.program
	v.starting.Unlock()
	if p != nil {
		p.Drain()
	}
}

// Write keeps what the program prints until it is its turn.
func (v *voice) Write(b []byte) (int, error) {
	v.mu.Lock()
	if len(v.unread) == 0 && len(b) > 0 {
		v.at = time.Now()
		close(v.some)
	}
	v.unread = append(v.unread, b...)
	full := len(v.unread) > mostUnread
	v.mu.Unlock()
	v.ladder.mu.Lock()
	defer v.ladder.mu.Unlock()
	if full {
		v.ladder.takeAll(v)
	}
	return len(b), v.ladder.view.err
}

// printed returns how many bytes the program has printed, and a channel that is
// closed when some of them are not on the ladder yet.
func (v *voice) printed() (bytes int, some <-chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.taken + len(v.unread), v.some
}

// pump puts what comes on the ladder, when it is its turn.
func (v *voice) pump() {
	l := v.ladder
	for {
		_, some := v.printed()
		select {
		case <-some:
		case <-l.stopped:
			return
		}
		if v.name == "server" { // it speaks of addresses that may have no names yet
			select {
			case <-l.opened:
			case <-l.stopped:
				return
			}
		} else {
			l.mu.Lock()
			answered := l.answered
			l.mu.Unlock()
			within(courtesy, answered)
			l.greets <- struct{}{}
			<-l.greets
		}
		bytes, _ := v.printed()
		if v.name == "server" {
			l.settled()
		}
		l.mu.Lock()
		l.take(v, bytes)
		l.mu.Unlock()
	}
}

// within waits for something, but not longer than so long.
func within(d time.Duration, done <-chan struct{}) {
	select {
	case <-done:
	case <-time.After(d):
	}
}

// take puts what a program has printed on the ladder, up to a byte. The caller
// holds the lock.
func (l *ladder) take(v *voice, bytes int) {
	v.mu.Lock()
	n, at := bytes-v.taken, v.at
	if n <= 0 { // it is there already
		v.mu.Unlock()
		return
	}
	b := v.unread[:n]
	v.unread, v.taken = v.unread[n:], bytes
	if len(v.unread) == 0 {
		v.unread, v.some = nil, make(chan struct{})
	}
	v.mu.Unlock()
	l.show(v, v.text.Next(b), at)
}

// takeAll is take for all that there is.
func (l *ladder) takeAll(v *voice) {
	bytes, _ := v.printed()
	l.take(v, bytes)
}

// takeKnown is takeAll, but from the first line on in which the server speaks of
// an address that has no name, it leaves all where it is: of clients that come at
// once, one is told of before the next. pump waits for the others.
func (l *ladder) takeKnown(v *voice) {
	v.mu.Lock()
	end := v.taken + len(v.unread)
	if v.name == "server" {
		known := v.taken
		for line := range bytes.Lines(v.unread) {
			if slices.ContainsFunc(address.FindAllString(string(line), -1), func(a string) bool { return l.names[a] == "" }) {
				end = known
				break
			}
			known += len(line)
		}
	}
	v.mu.Unlock()
	l.take(v, end)
}

func (l *ladder) show(v *voice, text string, at time.Time) {
	if text == "" {
		return
	}
	if v.name == "server" {
		text = address.ReplaceAllStringFunc(text, func(a string) string {
			if name, ok := l.names[a]; ok {
				return name
			}
			return a
		})
		l.answer()
	} else {
		l.answered = make(chan struct{})
	}
	l.view.print(v.name, text, at.Sub(l.began))
	if l.capture != nil {
		l.capture.printed(v.name, text)
	}
}

// answer lets the client's output go on.
func (l *ladder) answer() {
	select {
	case <-l.answered:
	default:
		close(l.answered)
	}
}

var address = regexp.MustCompile(`(?:\b\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]*(?:%\w+)?\]):\d{1,5}\b`)

// announced returns the addresses that the server has announced by now: that of
// its first line, and each further one at the end of a line, behind "listening
// on". None has been shown yet.
func (l *ladder) announced(first string) []string {
	v := l.voice("server")
	v.drain()
	v.mu.Lock()
	defer v.mu.Unlock()
	all := []string{first}
	for _, m := range listening.FindAllSubmatch(v.unread, -1) {
		if a := string(m[1]); !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

var listening = regexp.MustCompile(`(?m)\blistening on (\S+:\d+)\r?$`)

// open shows what the server has printed, and from now on what it prints, with
// names for some addresses. settled returns when all has been told of connections
// that are there.
func (l *ladder) open(names map[string]string, settled func()) {
	l.mu.Lock()
	l.view.doors = len(names)
	maps.Copy(l.names, names)
	l.takeAll(l.voices["server"])
	l.mu.Unlock()
	l.settled = settled
	l.isOpen.Do(func() { close(l.opened) })
}

// see puts an event on the ladder, below what its sender printed before it. It
// is the relay's Options.See.
func (l *ladder) see(e wire.Event) {
	now := time.Now()
	sender := l.voice(e.From.String())
	// A client has connected before the relay knows of it, and may have printed
	// something since, or not yet: that comes later.
	greeted := e.Kind == wire.Opened && e.Network == "tcp" && e.Far != nil
	if greeted {
		l.greets <- struct{}{}
		defer func() { <-l.greets }()
	}
	if e.Kind != wire.Opened {
		sender.drain()
	}
	l.mu.Lock()
	if e.Kind != wire.Opened {
		l.takeKnown(sender)
	} else if e.Far != nil {
		l.names[e.Far.String()] = e.Near.String()
	}
	if e.From == wire.Server {
		l.answer()
	}
	l.view.event(e, now.Sub(l.began))
	if l.capture != nil {
		l.capture.event(e, now)
	}
	l.mu.Unlock()
	if greeted {
		l.greet()
	}
}

// greet gives the server, to which somebody has connected, time to say so.
func (l *ladder) greet() {
	server := l.voice("server")
	_, some := server.printed()
	within(greeting, some)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.takeKnown(server)
	l.answer() // the client has waited
}

// Typed says that Enter was pressed.
func (l *ladder) Typed(w io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.view.typed(w.(*voice).name)
	l.answered = make(chan struct{})
}

// Close shows what was held back, and ends unfinished lines.
func (l *ladder) Close() {
	l.isOpen.Do(func() { close(l.opened) })
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range lesson.Pair {
		if v := l.voices[name]; v != nil {
			l.takeAll(v)
			l.show(v, v.text.Rest(), time.Now())
		}
	}
	l.view.close()
}

// stop ends what the ladder does by itself.
func (l *ladder) stop() {
	close(l.stopped)
	l.pumps.Wait()
}
