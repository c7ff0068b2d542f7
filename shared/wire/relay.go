// Package wire is a relay: it stands between a client and a server, shows what
// crosses, and can be a bad network on purpose.
//
// It sees what its reads return, not segments. So it speaks of chunks: what
// one Read of a stream returned, or one datagram.
package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// A Side is one of the two ends.
type Side int

const (
	Client Side = 1 + iota
	Server
)

func (s Side) String() string { return [...]string{"", "client", "server"}[s] }

// Other returns the other side.
func (s Side) Other() Side { return Client + Server - s }

// A Kind is what happened.
type Kind int

const (
	Opened  Kind = iota // a client has connected (TCP), or sent its first datagram
	Data                // bytes came
	Ended               // the side sends no more
	Reset               // the side has broken the connection off
	Refused             // nobody listens at the server's address, or answers there; over TCP, the client gets a reset, over UDP nothing
)

// A Fate is what becomes of a datagram.
type Fate int

const (
	Passed  Fate = iota
	Dropped      // by a fault, or because too much of that client's is on its way
	Repeated
	Late // it arrives behind the next
)

func (f Fate) String() string { return [...]string{"", "lost", "twice", "late"}[f] }

// An Event is something that crosses the wire, or was to.
type Event struct {
	Conn    int    // which connection it belongs to, or which UDP client, from 1
	Network string // tcp or udp
	From    Side
	Kind    Kind
	Data    []byte // not to be changed
	Fate    Fate
	At      time.Duration // since the relay began
	// Near is the client's address as the relay sees it, and Far the one that
	// the server sees in its place.
	Near, Far net.Addr
	// Door is the address at which the client came to the relay.
	Door string
}

// Text says what an event is: what came, at most 64 bytes of it, and what became
// of it; or connect, end, reset or refused. It is "" where nothing crosses: UDP
// opens nothing.
func (e Event) Text() string {
	switch e.Kind {
	case Opened:
		if e.Network == "udp" {
			return ""
		}
		return "connect"
	case Ended:
		return "end"
	case Reset:
		return "reset"
	case Refused:
		return "refused"
	}
	text := fmt.Sprintf("%q", e.Data[:min(len(e.Data), 64)])
	if len(e.Data) > 64 {
		text += fmt.Sprintf(" (length %d)", len(e.Data))
	}
	if e.Fate != Passed {
		text += " (" + e.Fate.String() + ")"
	}
	return text
}

// Options say how a relay behaves. The zero value passes everything on.
type Options struct {
	// Faults of different names add up, and so do several that drop, repeat or
	// reorder datagrams. Of others of one name that meet the same side, the last
	// holds.
	Faults []Fault
	Seed   uint64 // of the dice for faults such as drop=1/3
	// See is told of each event, of bytes before they are passed on. One call
	// ends before the next begins. It must not call Close, Settle or Wait, which
	// wait for it.
	See func(Event)
	// Yield is how long a client's end is held back, in case the server ends
	// of its own accord: both do that at the same time, and so the server's is
	// always first.
	Yield time.Duration
}

// A Relay listens at addresses, over TCP and UDP, and passes what comes to each
// on to another address.
type Relay struct {
	options    Options
	began      time.Time
	callerIdle time.Duration // see the constant

	ctx    context.Context
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu      sync.Mutex        // guards what follows
	weather map[Side]*weather // for datagrams
	doors   []*door
	conns   int
	open    map[net.Conn]bool
	dials   map[*dialling]bool
	streams int           // TCP connections that have not ended
	change  chan struct{} // closed when that changes

	seeing sync.Mutex // one event at a time
}

const (
	chunk       = 32 << 10    // bytes read at once
	joined      = 2 * chunk   // bytes that become one chunk at most
	buffered    = 64 << 10    // bytes in each of the relay's sockets; Linux takes twice as much
	mostConns   = 1000        // at the same time; more are refused
	sliceWithin = time.Second // in which a slice is read, or the next follows
	dialWithin  = 10 * time.Second

	// knockWithin is less than the second after which TCP tries once more: a
	// knock comes at once, or not at all.
	knockWithin = 500 * time.Millisecond
)

// A door is an address at which a relay listens, and where it leads.
type door struct {
	addr   string
	target string
	tcp    net.Listener
	udp    net.PacketConn

	knocking sync.Mutex // guards what follows; held until a knock can be recognised
	knocks   map[string]chan struct{}

	calling sync.Mutex         // guards what follows
	callers map[string]*caller // UDP clients by their addresses
}

func (d *door) close() {
	d.tcp.Close()
	d.udp.Close()
}

// New returns a relay that does not listen anywhere yet.
func New(o Options) *Relay {
	r := &Relay{options: o, began: time.Now(), callerIdle: callerIdle, open: map[net.Conn]bool{}, dials: map[*dialling]bool{}, change: make(chan struct{})}
	r.weather = map[Side]*weather{Client: forecast(o.Faults, Client, o.Seed), Server: forecast(o.Faults, Server, o.Seed)}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	return r
}

// Open makes the relay listen at an address, HOST:PORT, over TCP and UDP, and
// pass what comes there on to target. Port 0 means one that is free over both.
// It returns the address. The error is the system's, such as that the address is
// in use over either, or *net.AddrError where at has no port; or net.ErrClosed.
// Whether somebody listens at target shows with each connection.
func (r *Relay) Open(at, target string) (addr string, err error) {
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return "", err
	}
	d := &door{target: target, knocks: map[string]chan struct{}{}, callers: map[string]*caller{}}
	for range 100 { // the port that is free over UDP may be in use over TCP
		if d.udp, err = net.ListenPacket("udp", net.JoinHostPort(host, port)); err != nil {
			return "", err
		}
		d.addr = d.udp.LocalAddr().String()
		if d.tcp, err = net.Listen("tcp", d.addr); err == nil {
			break
		}
		d.udp.Close()
		if port != "0" {
			break
		}
	}
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		d.close()
		return "", net.ErrClosed
	}
	r.doors = append(r.doors, d)
	r.all.Go(func() { r.accept(d) })
	r.all.Go(func() { r.receive(d) })
	return d.addr, nil
}

// Close stops the relay, breaks off what passes through it, and returns when
// nothing of it is left.
func (r *Relay) Close() {
	r.cancel()
	r.mu.Lock()
	for _, d := range r.doors {
		d.close()
	}
	for c := range r.open {
		abort(c)
	}
	r.mu.Unlock()
	r.all.Wait()
}

// Wait waits until every TCP connection that has come by now has ended, also
// one that the system has accepted and the relay has not seen yet; and any that
// comes while it waits. The error is the context's.
func (r *Relay) Wait(ctx context.Context) error {
	r.mu.Lock()
	doors := slices.Clone(r.doors)
	r.mu.Unlock()
	for _, d := range doors {
		if err := r.knock(ctx, d); err != nil {
			return err
		}
	}
	for {
		r.mu.Lock()
		n, change := r.streams, r.change
		r.mu.Unlock()
		if n == 0 {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// knock returns when every connection is counted that has come to a door by now:
// they are accepted in order, so it is when one of its own is.
func (r *Relay) knock(ctx context.Context, d *door) error {
	for r.ctx.Err() == nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		seen := make(chan struct{})
		dialer := Dialer("tcp", d.addr)
		dialer.Timeout = knockWithin
		d.knocking.Lock()
		conn, err := dialer.Dial("tcp", d.addr) // not with ctx: what it breaks off may yet be accepted
		if err != nil {
			d.knocking.Unlock()
			r.wait(10 * time.Millisecond) // too many: accept takes some meanwhile
			continue
		}
		d.knocks[conn.LocalAddr().String()] = seen
		d.knocking.Unlock()
		defer abort(conn)
		select {
		case <-seen:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-r.ctx.Done():
		}
	}
	return nil
}

// knocked reports whether a connection is only a knock, and ends it then.
func (d *door) knocked(conn net.Conn) bool {
	d.knocking.Lock()
	defer d.knocking.Unlock()
	from := conn.RemoteAddr().String()
	seen, ok := d.knocks[from]
	if ok {
		delete(d.knocks, from)
		close(seen)
		abort(conn)
	}
	return ok
}

// stream counts the TCP connections.
func (r *Relay) stream(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams += n
	close(r.change)
	r.change = make(chan struct{})
}

// Settle returns when all has been told of connections and UDP clients that a
// server can know of by now. It must not be called by See.
func (r *Relay) Settle() {
	r.known(math.MaxInt)
	r.seeing.Lock()
	defer r.seeing.Unlock()
}

// see tells of an event, behind the opening of each connection that the server
// can know of: it may have spoken of it.
func (r *Relay) see(e Event) {
	r.known(math.MaxInt)
	r.seeing.Lock()
	defer r.seeing.Unlock()
	r.tell(e)
}

// known waits until each connection that a server can know of has been told of, if
// its number is below that.
func (r *Relay) known(below int) {
	r.mu.Lock()
	dials := slices.Collect(maps.Keys(r.dials))
	r.mu.Unlock()
	for _, d := range dials {
		if d.conn < below && d.known() {
			<-d.told
		}
	}
}

// A dialling is a connection to a server until it has been told of.
type dialling struct {
	conn int           // its number
	told chan struct{} // closed when it has

	mu      sync.Mutex // guards what follows
	sockets []syscall.RawConn
}

// known reports whether the server can know of it.
func (d *dialling) known() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.sockets, answered)
}

// dial connects to a server, and tells of it as e, or that it could not be.
func (r *Relay) dial(target string, e *Event) (net.Conn, error) {
	d := &dialling{conn: e.Conn, told: make(chan struct{})}
	r.mu.Lock()
	r.dials[d] = true
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(r.ctx, dialWithin)
	defer cancel()
	dialer := Dialer("tcp", target)
	dialer.Control = func(_, _ string, c syscall.RawConn) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		closed := func(c syscall.RawConn) bool { return c.Control(func(uintptr) {}) != nil }
		d.sockets = append(slices.DeleteFunc(d.sockets, closed), c) // c is for the target's next address
		return nil
	}
	server, err := dialer.DialContext(ctx, "tcp", target)
	if err == nil {
		e.Far = server.LocalAddr()
	}
	// Of two that came one after the other, the first is told of first; of two
	// that came at once, either. (Not by see: two that wait for each other would
	// never end.)
	r.known(e.Conn)
	r.seeing.Lock()
	r.tell(*e)
	r.seeing.Unlock()
	r.mu.Lock()
	delete(r.dials, d)
	r.mu.Unlock()
	close(d.told)
	return server, err
}

// tell is see for who holds the lock.
func (r *Relay) tell(e Event) {
	e.At = time.Since(r.began)
	if r.options.See != nil && r.ctx.Err() == nil {
		r.options.See(e)
	}
}

// wait waits, unless the relay is closed meanwhile.
func (r *Relay) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.ctx.Done():
	}
}

// number gives the next connection its number, and keeps it so that Close can
// end it. ok is false when there are too many, or the relay is closed.
func (r *Relay) number(conns ...net.Conn) (n int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil || len(r.open) >= 2*mostConns {
		return 0, false
	}
	r.conns++
	for _, c := range conns {
		r.open[c] = true
	}
	return r.conns, true
}

// keep is number for a further socket of the same connection.
func (r *Relay) keep(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return false
	}
	r.open[c] = true
	return true
}

func (r *Relay) drop(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		c.Close()
		delete(r.open, c)
	}
}

// accept takes clients until the relay is closed.
func (r *Relay) accept(d *door) {
	for {
		conn, err := d.tcp.Accept()
		if r.ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil {
			r.wait(100 * time.Millisecond) // too many: some will leave
			continue
		}
		if d.knocked(conn) {
			continue
		}
		n, ok := r.number(conn)
		if !ok {
			abort(conn)
			continue
		}
		r.stream(1)
		r.all.Go(func() {
			defer r.stream(-1)
			r.relay(n, conn, d)
		})
	}
}

// relay joins a client to the server.
func (r *Relay) relay(n int, client net.Conn, at *door) {
	defer r.drop(client)
	e := Event{Conn: n, Network: "tcp", From: Client, Kind: Opened, Near: client.RemoteAddr(), Door: at.addr}
	server, err := r.dial(at.target, &e)
	if err != nil {
		e.From, e.Kind = Server, Refused
		r.see(e)
		abort(client) // a refusal comes too late for this
		return
	}
	if !r.keep(server) {
		server.Close()
		return
	}
	defer r.drop(server)

	p := &pipe{relay: r, event: e, ended: map[Side]chan struct{}{Client: make(chan struct{}), Server: make(chan struct{})}}
	var both sync.WaitGroup
	both.Go(func() { p.pass(client.(*net.TCPConn), server.(*net.TCPConn), Client) })
	both.Go(func() { p.pass(server.(*net.TCPConn), client.(*net.TCPConn), Server) })
	both.Wait()
}

// A pipe is one connection through the relay.
type pipe struct {
	relay *Relay
	event Event                  // what all its events have in common
	ended map[Side]chan struct{} // closed when the side has ended
	over  bool                   // it is broken off; guarded by the relay's seeing
}

// see tells of an event, unless the connection is over.
func (p *pipe) see(from Side, kind Kind, data []byte) {
	p.relay.known(math.MaxInt)
	p.relay.seeing.Lock()
	defer p.relay.seeing.Unlock()
	if p.over {
		return
	}
	p.over = kind == Reset
	e := p.event
	e.From, e.Kind, e.Data = from, kind, data
	p.relay.tell(e)
}

// pass passes on what one side sends, until its end.
func (p *pipe) pass(from, to *net.TCPConn, side Side) {
	defer close(p.ended[side])
	r := p.relay
	w := forecast(r.options.Faults, side, r.options.Seed+uint64(p.event.Conn))
	to.SetNoDelay(true)
	from.SetReadBuffer(buffered)
	to.SetWriteBuffer(buffered)
	l := r.lane(w, false)
	defer l.end()
	passed := 0
	buf := make([]byte, chunk)
	if w.join > 0 {
		buf = make([]byte, joined)
	}
	for {
		data, err := p.read(from, w, buf)
		room := len(data)
		for _, most := range []int{w.stall, w.halfclose, w.reset} {
			if most >= 0 {
				room = min(room, most-passed)
			}
		}
		if data = data[:max(0, room)]; len(data) > 0 {
			p.see(side, Data, data)
			l.do(len(data), func() {
				if !p.write(to, w, data) {
					p.broken(side.Other(), from, to)
				}
			})
			passed += len(data)
		}
		switch {
		case w.reset >= 0 && passed >= w.reset:
			l.do(0, func() { p.broken(side, from, to) })
			return
		case w.halfclose >= 0 && passed >= w.halfclose:
			p.see(side, Ended, nil)
			l.do(0, func() { to.CloseWrite() })
			io.Copy(io.Discard, from)
			return
		case w.stall >= 0 && passed >= w.stall:
			io.Copy(io.Discard, from) // until it gives up
			return
		case errors.Is(err, io.EOF):
			if side == Client {
				p.yield()
			}
			p.see(side, Ended, nil)
			l.do(0, func() { to.CloseWrite() })
			return
		case err != nil:
			l.do(0, func() { p.broken(side, from, to) })
			return
		}
	}
}

// yield lets the server end first, if it is about to.
func (p *pipe) yield() {
	if d := p.relay.options.Yield; d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-p.ended[Server]:
		case <-t.C:
		case <-p.relay.ctx.Done():
		}
	}
}

// read returns the next chunk, read into buf: all that comes up to a pause,
// where the weather joins things. The chunk keeps no more than its own bytes.
func (p *pipe) read(from net.Conn, w *weather, buf []byte) ([]byte, error) {
	n, err := from.Read(buf[:chunk])
	if w.join > 0 {
		defer from.SetReadDeadline(time.Time{})
		for more := 0; err == nil && n < len(buf); n += more {
			from.SetReadDeadline(time.Now().Add(w.join))
			more, err = from.Read(buf[n:min(n+chunk, len(buf))])
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = nil // it has paused
		}
	}
	return bytes.Clone(buf[:n]), err
}

// write writes a chunk, in slices if the weather is so. It reports whether it
// could.
func (p *pipe) write(to net.Conn, w *weather, data []byte) bool {
	size := len(data)
	if w.slice > 0 {
		size = w.slice
	}
	for len(data) > 0 {
		n := min(size, len(data))
		p.relay.wait(w.takes(n))
		if _, err := to.Write(data[:n]); err != nil {
			return false
		}
		if data = data[n:]; w.slice > 0 && len(data) > 0 && p.relay.ctx.Err() == nil {
			taken(to, sliceWithin)
		}
	}
	return true
}

// taken waits until the other end has read what was written to it, or as long as
// d. For an end on another machine it does not wait; where the kernel does not
// tell, it waits a little.
func taken(c net.Conn, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		unsent, _, ok, err := Queues(c.LocalAddr(), c.RemoteAddr())
		if err != nil {
			time.Sleep(d / 50)
			return
		}
		_, unread, there, _ := Queues(c.RemoteAddr(), c.LocalAddr())
		if !ok || !there || unsent == 0 && unread == 0 {
			return
		}
	}
}

// broken breaks the connection off: a side did, or could not be written to.
func (p *pipe) broken(side Side, conns ...*net.TCPConn) {
	p.see(side, Reset, nil)
	for _, c := range conns {
		abort(c)
	}
}

// abort closes a connection; over TCP, with a reset.
func abort(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}
