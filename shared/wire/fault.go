package wire

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// A Fault is something that a bad network does, always in the same way.
type Fault struct {
	// From is the side whose bytes meet the fault; 0 means both, each by itself.
	From Side
	// Name is what happens: see ParseFault.
	Name string
	// N is a number of bytes, or of a datagram counted from 1, or 0 where
	// OneIn holds instead.
	N int
	// OneIn says that on average one datagram in so many is meant.
	OneIn int
	// Wait is how long, for latency.
	Wait time.Duration
}

// faults are the names of faults, and the network that each belongs to.
var faults = map[string]string{
	"latency": "", "rate": "",
	"slice": "tcp", "join": "tcp", "stall": "tcp", "halfclose": "tcp", "reset": "tcp",
	"drop": "udp", "repeat": "udp", "reorder": "udp",
}

// ParseFault reads a fault as it is written: [client:|server:]NAME=VALUE.
//
//	latency=100ms    each chunk or datagram arrives that much later
//	rate=1000        so many bytes a second pass, each way, on each connection
//	                 and to and from each UDP client
//	slice=1          a stream arrives so many bytes at a time
//	join=50ms        a stream arrives in one piece, once it has paused that long
//	stall=N          after N bytes of a stream, nothing passes any more
//	halfclose=N      after N bytes, a stream ends
//	reset=N          after N bytes, the connection breaks off
//	drop=N           the Nth datagram is lost; drop=1/N, one in N is
//	repeat=N, 1/N    it arrives twice
//	reorder=N, 1/N   it arrives behind the client's next, or the next for it,
//	                 that is not lost; that one is not held as well
//
// With client: or server:, only what that side sends meets the fault. Bytes are
// counted in each connection, datagrams in all that a side sends. Of datagrams
// that latency or rate delay, those that have no room are lost.
func ParseFault(text string) (Fault, error) {
	var f Fault
	rest := text
	for _, side := range []Side{Client, Server} {
		if after, ok := strings.CutPrefix(text, side.String()+":"); ok {
			f.From, rest = side, after
		}
	}
	bad := func(want string) (Fault, error) {
		return Fault{}, fmt.Errorf("fault %q: want %s", text, want)
	}
	name, value, ok := strings.Cut(rest, "=")
	network, known := faults[name]
	if !ok || !known {
		return bad("latency, rate, slice, join, stall, halfclose, reset, drop, repeat or reorder, then = and a value")
	}
	f.Name = name
	var err error
	switch {
	case name == "latency" || name == "join":
		if f.Wait, err = time.ParseDuration(value); err != nil || f.Wait <= 0 || f.Wait > time.Minute {
			return bad("a time up to a minute, such as 100ms")
		}
	case network == "udp" && strings.HasPrefix(value, "1/"):
		if f.OneIn, err = strconv.Atoi(value[2:]); err != nil || f.OneIn < 1 {
			return bad("one in a number from 1 on, such as 1/3")
		}
	default:
		least := 1
		if name == "stall" || name == "halfclose" || name == "reset" {
			least = 0
		}
		if f.N, err = strconv.Atoi(value); err != nil || f.N < least {
			return bad(fmt.Sprintf("a number from %d on", least))
		}
	}
	return f, nil
}

// String returns the fault as it is written.
func (f Fault) String() string {
	s := f.Name + "="
	if f.From != 0 {
		s = f.From.String() + ":" + s
	}
	switch {
	case f.Wait > 0:
		return s + f.Wait.String()
	case f.OneIn > 0:
		return s + "1/" + strconv.Itoa(f.OneIn)
	}
	return s + strconv.Itoa(f.N)
}

// weather is what the faults do to one side's bytes on one connection, or to its
// datagrams.
type weather struct {
	latency, join           time.Duration
	rate, slice             int
	stall, halfclose, reset int // after so many bytes, or -1
	drop, repeat, reorder   []Fault
	dice                    *rand.Rand
	datagrams               int
	held                    [][]byte // the datagram that goes behind the next, if there is one
}

// forecast picks the faults that meet what a side sends.
func forecast(all []Fault, from Side, seed uint64) *weather {
	w := &weather{stall: -1, halfclose: -1, reset: -1, dice: rand.New(rand.NewPCG(seed, uint64(from)))}
	for _, f := range all {
		if f.From != 0 && f.From != from {
			continue
		}
		switch f.Name {
		case "latency":
			w.latency = f.Wait
		case "join":
			w.join = f.Wait
		case "rate":
			w.rate = f.N
		case "slice":
			w.slice = f.N
		case "stall":
			w.stall = f.N
		case "halfclose":
			w.halfclose = f.N
		case "reset":
			w.reset = f.N
		case "drop":
			w.drop = append(w.drop, f)
		case "repeat":
			w.repeat = append(w.repeat, f)
		case "reorder":
			w.reorder = append(w.reorder, f)
		}
	}
	return w
}

// fate decides what becomes of the next datagram.
func (w *weather) fate() Fate {
	w.datagrams++
	for _, t := range []struct {
		faults []Fault
		fate   Fate
	}{{w.drop, Dropped}, {w.repeat, Repeated}, {w.reorder, Late}} {
		for _, f := range t.faults {
			if f.N == w.datagrams || f.OneIn > 0 && w.dice.IntN(f.OneIn) == 0 {
				return t.fate
			}
		}
	}
	return Passed
}

// takes is how long n bytes take at the rate at which they pass.
func (w *weather) takes(n int) time.Duration {
	if w.rate == 0 {
		return 0
	}
	return time.Duration(n) * time.Second / time.Duration(w.rate)
}
