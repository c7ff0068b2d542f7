package wire

import (
	"errors"
	"net"
	"sync"
	"time"
)

// A caller is a UDP client, and the socket through which its datagrams go on.
type caller struct {
	event  Event // what all its events have in common
	server net.Conn
	lanes  map[Side]*lane
	to     *weather // for what it sends
	back   *weather // for what it gets
}

// fate decides what becomes of the next datagram from a side, whoever it is from
// or for: UDP has no connections in which it could be counted.
func (r *Relay) fate(from Side) Fate {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.weather[from].fate()
}

const callerIdle = time.Minute // with nothing from it or for it, a UDP client is forgotten

// receive takes datagrams until the relay is closed.
func (r *Relay) receive(d *door) {
	callers := map[string]*caller{}
	var mu sync.Mutex // guards callers
	buf := make([]byte, 65535)
	for {
		n, from, err := d.udp.ReadFrom(buf)
		if r.ctx.Err() != nil {
			return
		}
		if err != nil {
			continue // one bad datagram is not the end
		}
		data := append([]byte{}, buf[:n]...)
		mu.Lock()
		c := callers[from.String()]
		mu.Unlock()
		if c == nil {
			if c = r.caller(from, d); c == nil {
				continue
			}
			mu.Lock()
			callers[from.String()] = c
			mu.Unlock()
			r.all.Go(func() {
				r.answers(c, from, d)
				mu.Lock()
				delete(callers, from.String())
				mu.Unlock()
			})
		}
		r.datagram(c, Client, data, c.to, func(b []byte) { c.server.Write(b) })
	}
}

// caller makes the socket for a new UDP client; nil if that cannot be.
func (r *Relay) caller(from net.Addr, d *door) *caller {
	server, err := net.Dial("udp", d.target)
	if err != nil {
		return nil
	}
	n, ok := r.number(server)
	if !ok {
		server.Close()
		return nil
	}
	c := &caller{
		event:  Event{Conn: n, Network: "udp", Near: from, Far: server.LocalAddr(), Door: d.addr},
		server: server,
		lanes:  map[Side]*lane{},
		to:     forecast(r.options.Faults, Client, r.options.Seed+uint64(n)),
		back:   forecast(r.options.Faults, Server, r.options.Seed+uint64(n)),
	}
	c.lanes[Client], c.lanes[Server] = r.lane(c.to, true), r.lane(c.back, true)
	e := c.event
	e.From, e.Kind = Client, Opened
	r.see(e)
	return c
}

// answers passes on what the server sends to one client.
func (r *Relay) answers(c *caller, to net.Addr, d *door) {
	defer r.drop(c.server)
	defer c.lanes[Client].end()
	defer c.lanes[Server].end()
	buf := make([]byte, 65535)
	for {
		c.server.SetReadDeadline(time.Now().Add(callerIdle))
		n, err := c.server.Read(buf)
		var timeout net.Error
		switch {
		case r.ctx.Err() != nil:
			return
		case errors.As(err, &timeout) && timeout.Timeout():
			return
		case err != nil:
			e := c.event
			e.From, e.Kind = Server, Refused
			r.see(e)
			continue // the next may be received
		}
		data := append([]byte{}, buf[:n]...)
		r.datagram(c, Server, data, c.back, func(b []byte) { d.udp.WriteTo(b, to) })
	}
}

// datagram passes one datagram on, as its fate is. It does not wait: what has no
// room on its way is lost.
func (r *Relay) datagram(c *caller, from Side, data []byte, w *weather, send func([]byte)) {
	e := c.event
	e.From, e.Kind, e.Data, e.Fate = from, Data, data, r.fate(from)
	if e.Fate == Late && w.held != nil {
		e.Fate = Passed // it is the next, behind which the one that is held goes
	}
	var out [][]byte
	switch e.Fate {
	case Passed:
		out = append([][]byte{data}, w.held...)
	case Repeated:
		out = append([][]byte{data, data}, w.held...)
	case Late:
		w.held = [][]byte{data}
	}
	size := 0
	for _, b := range out {
		size += len(b)
	}
	if out != nil {
		if c.lanes[from].full(size) { // nobody else puts in: later, there is no less room
			e.Fate, out = Dropped, nil
		} else {
			w.held = nil
		}
	}
	r.see(e)
	if out == nil {
		return
	}
	c.lanes[from].do(size, func() {
		for _, b := range out {
			r.wait(w.takes(len(b)))
			send(b)
		}
	})
}
