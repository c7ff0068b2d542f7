package script

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"bothends/shared/wire"
)

// A tap is the relay before a server, and what it has seen: messages, and what
// the programs printed before they sent them.
type tap struct {
	relay  *wire.Relay // nil until the server is there
	at     string      // where it listens
	faults []wire.Fault
	server string // its name

	mu     sync.Mutex // guards what follows: the relay sees things at any time
	ladder []rung
	heard  []*heardOf
	pairs  [][2]string // a client's real port, and the one that the server sees
}

// A rung is a line that was printed, or an event on the wire.
type rung struct {
	program string
	line    string
	event   *wire.Event
}

// heardOf is a program, and how much of what it printed stands on the ladder.
type heardOf struct {
	name     string
	terminal *terminal
	told     int
}

// yield is how long a client's end waits for the server's, where both may end by
// themselves: the ladder is to be the same each time.
const yield = time.Second

func (s *session) tap(args []string) {
	if s.taps[args[0]] != nil || s.terminals[args[0]] != nil {
		s.fatalf("tap %s: say it once, and before serve", args[0])
	}
	s.taps[args[0]] = &tap{server: args[0], faults: s.faults}
	s.faults = nil
}

func (s *session) fault(args []string) {
	for _, arg := range args {
		f, err := wire.ParseFault(arg)
		s.must(err)
		s.faults = append(s.faults, f)
	}
}

// join puts the relay before a server that listens, really, at an address, and
// makes the address that the script has for it mean the relay's.
func (s *session) join(t *tap, shown, real string) {
	relay := wire.New(wire.Options{Faults: t.faults, Seed: 1, See: t.see, Yield: yield})
	at, err := relay.Open("127.0.0.1:0", real)
	if err != nil {
		relay.Close()
	}
	s.must(err)
	t.mu.Lock()
	t.relay, t.at = relay, at
	for _, h := range t.heard {
		t.tell(h) // the server's first line
	}
	t.mu.Unlock()
	_, realPort, _ := splitPort(real)
	_, port, _ := splitPort(at)
	name := s.names.shown[realPort]
	s.names.shown[port], s.names.real[name] = name, port
}

// hear starts a program by calling start, and from then on its lines stand on
// the ladders. Nothing that it sends is seen before that is so.
func (s *session) hear(name string, start func() (*terminal, error)) (*terminal, error) {
	for _, t := range s.taps {
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	term, err := start()
	if err == nil {
		for _, t := range s.taps {
			t.heard = append(t.heard, &heardOf{name: name, terminal: term})
		}
	}
	return term, err
}

// see puts an event on the ladder, below what its sender printed before it.
func (t *tap) see(e wire.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Kind == wire.Opened && e.Far != nil {
		_, near, _ := splitPort(e.Near.String())
		_, far, _ := splitPort(e.Far.String())
		t.pairs = append(t.pairs, [2]string{near, far})
	}
	for _, h := range t.heard {
		// A client has connected before the relay knows of it, and may have
		// printed something since, or not yet: that comes later.
		if e.Kind != wire.Opened && (h.name == t.server) == (e.From == wire.Server) {
			h.terminal.program.Drain()
			t.tell(h)
		}
	}
	t.ladder = append(t.ladder, rung{event: &e})
}

// tell puts the lines on the ladder that a program has printed since.
func (t *tap) tell(h *heardOf) {
	text := h.terminal.String()
	end := strings.LastIndexByte(text, '\n') + 1
	for line := range strings.Lines(text[min(h.told, end):end]) {
		t.ladder = append(t.ladder, rung{program: h.name, line: line})
	}
	h.told = max(h.told, end)
}

// learnPairs makes the ports that servers see in place of their clients' show as
// those.
func (s *session) learnPairs() {
	for _, t := range s.taps {
		if t.relay != nil {
			t.relay.Settle()
		}
		t.mu.Lock()
		for _, p := range t.pairs {
			s.names.alias[p[1]] = p[0]
		}
		t.pairs = nil
		t.mu.Unlock()
	}
}

// tapped returns the tap of a server, and all that it has seen, once every
// connection has ended.
func (s *session) tapped(name string) (*tap, []rung) {
	t := s.taps[name]
	if t == nil || t.relay == nil {
		s.fatalf("%s is not tapped: tap it before serve", name)
	}
	if t.relay.Wait(s.ctx) != nil {
		s.fatalf("a connection to %s has not ended: there is more to come", name)
	}
	s.learnPairs()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, h := range t.heard {
		t.tell(h)
	}
	return t, t.ladder
}

// printLadder prints what was printed and what crossed, in the order in which it
// happened, as far as one thing led to the other.
func (s *session) printLadder(args []string) {
	_, rungs := s.tapped(args[0])
	for _, r := range rungs {
		if r.event == nil {
			fmt.Fprintf(s.ts.Stdout(), "%s: %s", r.program, s.names.show(r.line))
			continue
		}
		if text := s.message(*r.event); text != "" {
			fmt.Fprintf(s.ts.Stdout(), "%s -> %s: %s\n", r.event.From, r.event.From.Other(), text)
		}
	}
}

// message says what an event is; "" if nothing crosses.
func (s *session) message(e wire.Event) string {
	switch e.Kind {
	case wire.Opened:
		if e.Network == "udp" {
			return "" // UDP opens nothing
		}
		return "connect"
	case wire.Ended:
		return "end"
	case wire.Reset:
		return "reset"
	case wire.Refused:
		return "refused"
	}
	text := strings.TrimSuffix(s.names.show(fmt.Sprintf("%q", e.Data[:min(len(e.Data), 64)])), "\n")
	if len(e.Data) > 64 {
		text += fmt.Sprintf(" (length %d)", len(e.Data))
	}
	if e.Fate != wire.Passed {
		text += " (" + e.Fate.String() + ")"
	}
	return text
}

// printDiagram prints what crossed as a sequence diagram of Mermaid's.
func (s *session) printDiagram(args []string) {
	t, rungs := s.tapped(args[0])
	out := s.ts.Stdout()
	fmt.Fprintln(out, "sequenceDiagram")
	clients := map[int]string{} // connection → participant
	for _, r := range rungs {
		if r.event == nil || clients[r.event.Conn] != "" {
			continue
		}
		id := "C"
		if len(clients) > 0 {
			id = fmt.Sprint("C", len(clients)+1)
		}
		clients[r.event.Conn] = id
		fmt.Fprintf(out, "    participant %s as client<br/>%s", id, s.names.show(r.event.Near.String()))
	}
	fmt.Fprintf(out, "    participant S as server<br/>%s", s.names.show(t.at))
	escape := strings.NewReplacer("#", "#35;", ";", "#59;")
	for _, r := range rungs {
		if r.event == nil {
			continue
		}
		text := s.message(*r.event)
		if text == "" {
			continue
		}
		from, to := clients[r.event.Conn], "S"
		if r.event.From == wire.Server {
			from, to = to, from
		}
		arrow := "-->>" // nothing of the conversation's own
		if r.event.Kind == wire.Data {
			arrow = "->>"
		}
		fmt.Fprintf(out, "    %s%s%s: %s\n", from, arrow, to, escape.Replace(text))
	}
}
