package wire

import (
	"bytes"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// A caller is a UDP client, and the socket through which its datagrams go on.
type caller struct {
	event  Event // what all its events have in common
	server net.Conn
	lanes  map[Side]*lane
	to     *weather     // for what it sends
	back   *weather     // for what it gets
	last   atomic.Int64 // see touch: a time.Duration since the relay began
}

// fate decides what becomes of the next datagram from a side, whoever it is from
// or for: UDP has no connections in which it could be counted.
func (r *Relay) fate(from Side) Fate {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.weather[from].fate()
}

// callerIdle is how long a UDP client is remembered from which nothing comes, and
// nothing for it. What it sends later is as from a new one.
const callerIdle = time.Minute

// touch notes that something has come from a client, or for it, or goes on now.
func (r *Relay) touch(c *caller) { c.last.Store(int64(time.Since(r.began))) }

// left returns how long a client is remembered yet.
func (r *Relay) left(c *caller) time.Duration {
	return r.callerIdle + time.Duration(c.last.Load()) - time.Since(r.began)
}

// receive takes datagrams until the relay is closed.
func (r *Relay) receive(d *door) {
	buf := make([]byte, 65535)
	for {
		n, from, err := d.udp.ReadFrom(buf)
		if r.ctx.Err() != nil {
			return
		}
		if err != nil {
			continue // one bad datagram is not the end
		}
		r.take(d, from, bytes.Clone(buf[:n]))
	}
}

// take passes on what a client sends. Meanwhile, none is forgotten.
func (r *Relay) take(d *door, from net.Addr, data []byte) {
	d.calling.Lock()
	defer d.calling.Unlock()
	c := d.callers[from.String()]
	if c == nil {
		if c = r.caller(from, d); c == nil {
			return
		}
		d.callers[from.String()] = c
		r.all.Go(func() { r.answers(c, from, d) })
	}
	r.touch(c)
	r.datagram(c, Client, data, c.to, func(b []byte) { r.deliver(c, b) })
}

// deliver sends a datagram to the server. If one before was refused meanwhile,
// the system says so instead of sending this one.
func (r *Relay) deliver(c *caller, data []byte) {
	r.touch(c)
	if _, err := c.server.Write(data); errors.Is(err, syscall.ECONNREFUSED) {
		r.refused(c)
		c.server.Write(data)
	}
}

// refused tells that nobody listens at the server's address.
func (r *Relay) refused(c *caller) {
	e := c.event
	e.From, e.Kind = Server, Refused
	r.see(e)
}

// forget forgets a client, and reports true, if it has been idle for long.
func (r *Relay) forget(c *caller, d *door) bool {
	d.calling.Lock()
	defer d.calling.Unlock()
	if r.left(c) > 0 {
		return false
	}
	delete(d.callers, c.event.Near.String())
	return true
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
	r.touch(c)
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
		c.server.SetReadDeadline(time.Now().Add(r.left(c)))
		n, err := c.server.Read(buf)
		var timeout net.Error
		switch {
		case r.ctx.Err() != nil:
			return
		case errors.As(err, &timeout) && timeout.Timeout():
			if r.forget(c, d) {
				return
			}
			continue
		case err != nil:
			r.refused(c)
			continue // the next may be received
		}
		r.touch(c)
		data := bytes.Clone(buf[:n])
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
