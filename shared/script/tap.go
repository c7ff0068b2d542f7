package script

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"bothends/shared/wire"
)

// A tap is the relay before a server, and what it has seen: messages, and what
// the programs printed before they sent them.
type tap struct {
	relay  *wire.Relay // nil until the server is there
	faults []wire.Fault
	server string // its name
	dns    bool   // messages are shown by what they mean

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
// themselves: the ladder is to be the same each time. A variable for the tests.
var yield = 500 * time.Millisecond

func (s *session) tap(args []string) {
	dns := args[0] == "-dns"
	if dns {
		args = args[1:]
	}
	if len(args) != 1 {
		s.usage("tap")
	}
	name := args[0]
	if s.taps[name] != nil || s.terminals[name] != nil || s.peers[name] != nil {
		s.fatalf("tap %s: say it once, and before it listens", name)
	}
	s.taps[name] = &tap{server: name, faults: s.faults, dns: dns}
	s.faults = nil
}

func (s *session) fault(args []string) {
	for _, arg := range args {
		f, err := wire.ParseFault(arg)
		s.must(err)
		s.faults = append(s.faults, f)
	}
}

// join puts the relay before a server that listens, really, at one or more ports
// of a host, and makes the ports that the script has for them mean the relay's.
func (s *session) join(t *tap, host string, ports ...string) {
	open := func(real func(shown string) string) (ours map[string]bool, undo func(), err error) {
		t.relay = wire.New(wire.Options{Faults: t.faults, Seed: 1, See: t.see, Yield: yield})
		ours = map[string]bool{}
		for _, port := range ports {
			shown := s.names.shown[port]
			at, err := t.relay.Open(host+":"+real(shown), host+":"+port)
			if err != nil {
				return nil, t.relay.Close, err
			}
			_, door, _ := splitPort(at)
			s.names.set(door, shown)
			ours[door] = true
		}
		return ours, t.relay.Close, nil
	}
	if s.names.block.has(s.names.shown[ports[0]]) {
		s.must(s.names.settle(open))
	} else if _, undo, err := open(func(string) string { return "0" }); err != nil {
		undo()
		s.must(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, h := range t.heard {
		t.tell(h) // the server's first line
	}
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

// unhear keeps the lines of a program off the ladders: it was given up.
func (s *session) unhear(term *terminal) {
	for _, t := range s.taps {
		t.mu.Lock()
		t.heard = slices.DeleteFunc(t.heard, func(h *heardOf) bool { return h.terminal == term })
		t.mu.Unlock()
	}
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
	t, rungs := s.tapped(args[0])
	for _, r := range rungs {
		if r.event == nil {
			fmt.Fprintf(s.stdout(), "%s: %s", r.program, s.names.show(r.line))
			continue
		}
		if text := s.message(t, *r.event); text != "" {
			fmt.Fprintf(s.stdout(), "%s -> %s: %s\n", r.event.From, r.event.From.Other(), text)
		}
	}
}

// message says what an event is; "" if nothing crosses.
func (s *session) message(t *tap, e wire.Event) string {
	text := ""
	if t.dns && e.Kind == wire.Data {
		text = summary(e.Data, e.Network == "tcp")
	}
	switch {
	case text == "":
		text = e.Text()
	case e.Fate != wire.Passed:
		text += " (" + e.Fate.String() + ")"
	}
	return s.name(text)
}

// printDiagram prints what crossed as a sequence diagram of Mermaid's. With
// ports, it is what came in at those, at one after the other: each is a
// participant then, and what happened at the same time is in their order.
func (s *session) printDiagram(args []string) {
	t, rungs := s.tapped(args[0])
	ports := args[1:]
	index := func(e wire.Event) int {
		_, port, _ := splitPort(s.name(e.Door))
		return slices.Index(ports, port)
	}
	var events []wire.Event
	for _, r := range rungs {
		if r.event != nil && (len(ports) == 0 || index(*r.event) >= 0) {
			events = append(events, *r.event)
		}
	}
	if len(ports) > 0 {
		slices.SortStableFunc(events, func(a, b wire.Event) int { return cmp.Or(index(a)-index(b), a.Conn-b.Conn) })
	}

	out := s.stdout()
	fmt.Fprintln(out, "sequenceDiagram")
	ids := map[string]string{}
	participate := func(letter, who, label string) {
		if ids[who] != "" {
			return
		}
		id, n := letter, 1
		for ; slices.Contains(slices.Collect(maps.Values(ids)), id); id = fmt.Sprint(letter, n) {
			n++
		}
		ids[who] = id
		fmt.Fprintf(out, "    participant %s as %s\n", id, label)
	}
	client := s.clientOf(t, events)
	for _, e := range events {
		participate("C", client(e), client(e))
	}
	services := s.services(t)
	for _, e := range events {
		at := s.name(e.Door)
		participate("S", at, cmp.Or(services[at], "server")+"<br/>"+at)
	}
	escape := strings.NewReplacer("#", "#35;", ";", "#59;")
	for _, e := range events {
		text := s.message(t, e)
		if text == "" {
			continue
		}
		from, to := ids[client(e)], ids[s.name(e.Door)]
		if e.From == wire.Server {
			from, to = to, from
		}
		arrow := "-->>" // nothing of the conversation's own
		if e.Kind == wire.Data {
			arrow = "->>"
		}
		fmt.Fprintf(out, "    %s%s%s: %s\n", from, arrow, to, escape.Replace(text))
	}
}

// name returns how an address shows, or other text of one line.
func (s *session) name(addr string) string {
	return strings.TrimSuffix(s.names.show(addr), "\n")
}

// clientOf returns a function that tells which client an event belongs to, as a
// diagram has it. Where all are sockets of one program, that is the program.
func (s *session) clientOf(t *tap, events []wire.Event) func(wire.Event) string {
	programs := 0
	for _, h := range t.heard {
		if h.name != t.server {
			programs++
		}
	}
	one := programs == 1 && !s.dialled &&
		slices.ContainsFunc(events, func(e wire.Event) bool { return e.Conn != events[0].Conn })
	return func(e wire.Event) string {
		if one {
			return "client"
		}
		return "client<br/>" + s.name(e.Near.String())
	}
}

var service = regexp.MustCompile(`(?m)^(\S+) listening on (\S+:\d+)$`)

// services returns the names of a server's services by their addresses, if it
// has announced any.
func (s *session) services(t *tap) map[string]string {
	names := map[string]string{}
	for _, h := range t.heard {
		if h.name == t.server {
			for _, m := range service.FindAllStringSubmatch(h.terminal.String(), -1) {
				names[s.name(m[2])] = m[1]
			}
		}
	}
	return names
}
