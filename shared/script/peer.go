package script

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"bothends/shared/console"
	"bothends/shared/wire"
)

// A peer is an end of a conversation that the script plays itself.
type peer struct {
	listener net.Listener   // a TCP listener, or nil
	conn     net.Conn       // a TCP connection, or a UDP socket that was dialled
	called   bool           // it dialled itself
	packets  net.PacketConn // a UDP socket that listens, or nil
	from     net.Addr       // who sent packets the last datagram
	at       string         // the server's address, really
	since    time.Time      // when a connection was made
	sent     []byte         // what was sent last, or nil
	sentAt   time.Time      // when
	came     [][]byte       // what was to come, and did
	heard    bool           // it came after what was sent last
	awaits   bool           // a program was started after the last datagram came
	// DNS over TCP: what was sent, from the first query on that recvdns has not
	// received the reply to.
	unanswered []byte
	asked      []query // DNS queries that came, and were not waited for
	query      query   // the one that was waited for last
}

func (p *peer) close() error {
	switch {
	case p.listener != nil:
		return p.listener.Close()
	case p.packets != nil:
		return p.packets.Close()
	}
	return p.conn.Close()
}

// read reads what comes next: part of a stream, or a datagram.
func (p *peer) read(buf []byte, deadline time.Time) (n int, err error) {
	if p.packets != nil {
		p.packets.SetReadDeadline(deadline)
		n, from, err := p.packets.ReadFrom(buf)
		if err == nil {
			p.from, p.awaits = from, false
		}
		return n, err
	}
	p.conn.SetReadDeadline(deadline)
	return p.conn.Read(buf)
}

// write writes once, or sends one datagram, to whoever sent the last.
func (p *peer) write(b []byte, deadline time.Time) error {
	if p.packets != nil {
		if p.from == nil {
			return errors.New("nobody to answer: recv first")
		}
		_, err := p.packets.WriteTo(b, p.from)
		return err
	}
	p.conn.SetWriteDeadline(deadline)
	_, err := p.conn.Write(b)
	return err
}

func (p *peer) network() string {
	if p.listener != nil || p.stream() {
		return "tcp"
	}
	return "udp"
}

func (p *peer) stream() bool {
	_, ok := p.conn.(*net.TCPConn)
	return ok
}

// add names a new peer.
func (s *session) add(name string, p *peer) {
	if s.terminals[name] != nil || s.peers[name] != nil {
		p.close()
		s.fatalf("%s is there already", name)
	}
	s.peers[name] = p
}

// forget drops a peer that was closed. Nobody is to get the port from which it
// called, for a server may have spoken of it already.
func (s *session) forget(name string) {
	if p := s.peers[name]; p.called {
		_, port, _ := splitPort(p.conn.LocalAddr().String())
		s.names.loose[port] = true
	}
	delete(s.peers, name)
	s.names.retire()
}

// peer returns the peer with that name, which must not be a TCP listener.
func (s *session) peer(name string) *peer {
	p := s.peers[name]
	if p == nil {
		s.fatalf("there is no peer %s: dial, listen or accept it first", name)
	}
	if p.listener != nil {
		s.fatalf("%s is a listener: accept PEER %s first", name, name)
	}
	return p
}

// tcp returns the connection of a TCP peer.
func (s *session) tcp(name string) *net.TCPConn {
	c, ok := s.peer(name).conn.(*net.TCPConn)
	if !ok {
		s.fatalf("%s is not a TCP connection", name)
	}
	return c
}

func (s *session) deadline() time.Time {
	d, _ := s.ctx.Deadline()
	return d
}

func (s *session) dial(args []string) {
	real, err := s.names.realAddr(args[2])
	s.must(err)
	s.dialled = true
	if s.cast.foreign != nil {
		conn, err := s.connect(args[1], real)
		if err != nil {
			s.blame(Failure{Kind: Refused, Network: args[1], Addr: real, Err: err}, "%v", err)
		}
		s.add(args[0], &peer{conn: conn, called: true, at: real, since: time.Now()})
		return
	}
	conn, err := wire.Dialer(args[1], real).DialContext(s.ctx, args[1], real)
	s.check(err)
	s.add(args[0], &peer{conn: conn, called: true, at: real, since: time.Now()})
}

func (s *session) listen(args []string) {
	var places []place
	for ; len(args) >= 3; args = args[3:] {
		host, port, ok := splitPort(args[2])
		if !ok {
			s.fatalf("%s is not of the form host:port", args[2])
		}
		places = append(places, place{args[0], args[1], host, port})
	}
	if len(args) > 0 {
		s.usage("listen")
	}
	if s.names.block.has(places[0].port) {
		if s.names.real[places[0].port] != "" {
			s.fatalf("who listens in a block must do so in one line, before it is used")
		}
		peers, err := s.names.listen(places)
		s.must(err)
		for i, p := range peers {
			s.add(places[i].name, p)
		}
	} else {
		for _, at := range places {
			p, addr, err := at.listen("0")
			s.check(err)
			s.add(at.name, p)
			s.names.server(at.host+":"+at.port, addr.String())
		}
	}
	for _, at := range places {
		if t := s.taps[at.name]; t != nil && t.relay == nil {
			_, port, _ := splitPort(s.peers[at.name].at)
			s.join(t, at.host, port)
		}
	}
	for _, at := range places { // the relay's, where there is one
		if s.names.real[at.port] != "" {
			s.peers[at.name].at = at.host + ":" + s.names.real[at.port]
		}
	}
}

func (s *session) accept(args []string) {
	l := s.peers[args[1]]
	if l == nil || l.listener == nil {
		s.fatalf("%s is not a TCP listener", args[1])
	}
	conn, err := s.client(l.listener.(*net.TCPListener))
	if err != nil {
		s.blame(Failure{Kind: NoClient, Network: "tcp", Addr: l.at, Err: err}, "%s", s.plain(err))
	}
	s.add(args[0], &peer{conn: conn, at: l.at, since: time.Now()})
}

// client returns the next client of a listener. From a foreign program that has
// ended none will come.
func (s *session) client(l *net.TCPListener) (net.Conn, error) {
	f := s.cast.foreign
	if f == nil {
		l.SetDeadline(s.deadline())
		return l.Accept()
	}
	by := time.Now().Add(f.Start)
	for {
		ended := s.allEnded() // and whatever connection it made is in the queue
		soon := time.Now().Add(100 * time.Millisecond)
		l.SetDeadline(soon)
		conn, err := l.Accept()
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || ended || soon.After(by) {
			return conn, err
		}
	}
}

func (s *session) send(args []string) {
	times, args := s.times(args)
	if len(args) < 2 {
		s.usage("send")
	}
	p := s.peer(args[0])
	for _, arg := range args[1:] {
		b := bytes.Repeat(s.data(arg), times)
		p.sentAt = time.Now()
		if err := p.write(b, s.by(p)); err != nil {
			s.blame(Failure{Kind: Broken, Network: p.network(), Addr: p.at, Sent: b, Earlier: p.came, Err: err}, "%s", s.plain(err))
		}
		p.sent, p.heard = b, false
		if p.stream() {
			p.unanswered = append(p.unanswered, b...)
		}
	}
}

func (s *session) recv(args []string) {
	p := s.peer(args[0])
	if len(args) == 1 {
		fmt.Fprint(s.stdout(), s.names.show(s.rest(p)))
		return
	}
	want := s.data(args[1])
	began := time.Now()
	first := p.packets != nil && (p.from == nil || p.awaits)
	got, err := s.receive(p, want)
	if bytes.Equal(got, want) && (err == nil || p.stream()) {
		p.came, p.heard = append(p.came, got), true
		return
	}
	why := ""
	if err != nil {
		why = ", then " + s.plain(err)
	}
	kind := Differs
	if first && err != nil && s.allEnded() {
		kind = NoClient
	}
	s.blame(Failure{Kind: kind, Network: p.network(), Addr: p.at, Sent: p.sent, Want: want, Came: got,
		Earlier: p.came, Err: err, Took: time.Since(began), Late: s.prod(p, err)},
		"%s received something else\nwant: %q\ncame: %q%s", args[0], want, got, why)
}

// receive receives a datagram, or of a stream as much as is wanted, if it is
// what is wanted. A foreign program's stream must then pause.
func (s *session) receive(p *peer, want []byte) (got []byte, err error) {
	buf := make([]byte, 65535)
	if !p.stream() {
		n, err := s.read(p, buf)
		return buf[:n], err
	}
	for len(got) < len(want) && err == nil && bytes.HasPrefix(want, got) {
		room := buf
		if s.cast.foreign == nil {
			room = buf[:min(len(buf), len(want)-len(got))]
		}
		var n int
		n, err = p.read(room, s.by(p))
		got = append(got, room[:n]...)
	}
	if len(got) >= len(want) {
		err = nil // it belongs to what comes next
	}
	return got, err
}

// recvTime receives a line that is the time, as of a moment since the
// connection was made. Clocks are read in steps, so a second more will do.
func (s *session) recvTime(args []string) {
	p := s.peer(args[0])
	began := time.Now()
	buf := make([]byte, 1024)
	var got []byte
	var err error
	for err == nil && bytes.IndexByte(got, '\n') < 0 && len(got) < 64 {
		var n int
		n, err = p.read(buf, s.by(p))
		got = append(got, buf[:n]...)
	}
	now := time.Now()
	for t := p.since.Add(-time.Second); !t.After(now.Add(time.Second)); t = t.Add(time.Second / 2) {
		if string(got) == t.Format(time.ANSIC)+"\n" {
			p.came, p.heard = append(p.came, got), true
			return
		}
	}
	if bytes.IndexByte(got, '\n') >= 0 {
		err = nil
	}
	s.blame(Failure{Kind: Differs, Network: p.network(), Addr: p.at, Sent: p.sent, Want: []byte("Mon Jan  2 15:04:05 2006\n"), Clock: now,
		Came: got, Earlier: p.came, Err: err, Took: time.Since(began), Late: s.prod(p, err)},
		"%s received something else than the time\ncame: %q", args[0], got)
}

// rest returns the next datagram, or what is left of the stream, with a line
// that says how it ended if that was not well.
func (s *session) rest(p *peer) string {
	if !p.stream() {
		buf := make([]byte, 65535)
		began := time.Now()
		n, err := s.read(p, buf)
		if err != nil {
			kind := NoClient
			if p.packets == nil {
				kind = Differs
			}
			s.blame(Failure{Kind: kind, Network: "udp", Addr: p.at, Sent: p.sent, Earlier: p.came, Err: err, Took: time.Since(began)},
				"%s", s.plain(err))
		}
		return string(buf[:n])
	}
	p.conn.SetReadDeadline(s.deadline())
	b, err := io.ReadAll(io.LimitReader(p.conn, 1<<20))
	text := string(b)
	if err != nil {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		text += "(then " + s.plain(err) + ")"
	}
	return text
}

func (s *session) silent(args []string) {
	d := 100 * time.Millisecond
	if s.cast.foreign != nil { // whose machine may be busy, and whose language slow
		d = 300 * time.Millisecond
	}
	if len(args) > 1 {
		var err error
		d, err = time.ParseDuration(args[1])
		s.must(err)
	}
	buf := make([]byte, 65535)
	p := s.peer(args[0])
	n, err := p.read(buf, time.Now().Add(d))
	if n > 0 && p.stream() && p.heard { // recv would have found it, had it come sooner
		last := p.came[len(p.came)-1]
		s.blame(Failure{Kind: Differs, Network: "tcp", Addr: p.at, Sent: p.sent, Want: last,
			Came: slices.Concat(last, buf[:n]), Earlier: p.came[:len(p.came)-1]},
			"%s expected silence\ncame: %s", args[0], s.came(buf[:n], err))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		s.blame(Failure{Kind: NotSilent, Network: p.network(), Addr: p.at, Sent: p.sent, Came: buf[:n], Earlier: p.came, Err: err},
			"%s expected silence\ncame: %s", args[0], s.came(buf[:n], err))
	}
}

func (s *session) closeWrite(args []string) {
	err := s.tcp(args[0]).CloseWrite()
	if s.cast.foreign == nil {
		s.check(err)
	} // or the program has broken off already: what is wanted next will not come
}

func (s *session) eof(args []string) {
	s.tcp(args[0])
	buf := make([]byte, 1024)
	p := s.peer(args[0])
	began := time.Now()
	n, err := p.read(buf, s.by(p))
	if !errors.Is(err, io.EOF) {
		s.blame(Failure{Kind: NoEnd, Network: p.network(), Addr: p.at, Sent: p.sent, Came: buf[:n], Earlier: p.came, Err: err, Took: time.Since(began)},
			"%s expected the end of the stream\ncame: %s", args[0], s.came(buf[:n], err))
	}
}

func (s *session) reset(args []string) {
	c := s.tcp(args[0])
	s.check(c.SetLinger(0)) // Close will send a reset, and not wait
	s.check(c.Close())
	s.check(heard(s.ctx, c))
	s.forget(args[0])
}

// heard waits until the other end of a connection that was reset has heard of
// it, where the kernel tells. On loopback, too, a packet may be on its way for a
// while when the machine is busy.
func heard(ctx context.Context, c *net.TCPConn) error {
	for ctx.Err() == nil {
		_, _, there, err := wire.Queues(c.RemoteAddr(), c.LocalAddr())
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			return nil
		case err != nil || !there:
			return err
		}
	}
	return ctx.Err()
}

// data turns an argument into bytes: Go's escapes, without the quotes.
func (s *session) data(arg string) []byte {
	b, err := console.Bytes(arg)
	if err != nil {
		s.fatalf("%s: not text with Go's escapes, such as \\n or \\xff", arg)
	}
	return b
}

// check ends the script if err is not nil.
func (s *session) check(err error) {
	if err != nil {
		s.fatalf("%s", s.plain(err))
	}
}

// came says what was read.
func (s *session) came(b []byte, err error) string {
	if err == nil {
		return fmt.Sprintf("%q", b)
	}
	return s.plain(err)
}

// plain says an error as the reader would see it.
func (s *session) plain(err error) string {
	switch {
	case errors.Is(err, io.EOF):
		return "the end of the stream"
	case wasReset(err):
		return "connection reset"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("nothing before the script's %v were over", s.within)
	}
	return s.names.peek(err.Error())
}
