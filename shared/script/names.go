package script

import (
	"fmt"
	"io"
	"maps"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bothends/shared/console"
)

// names knows how each port and each time shows.
//
// A name is for good. When a client ends, the system may give its port to the
// next one, which would then bear the old name: so the port is taken as soon
// as the client has let go of it, and held to the end of the script. So are
// the ports of servers.
type names struct {
	plain   bool // nothing is shown as anything else
	began   time.Time
	shown   map[string]string    // real port → shown
	real    map[string]string    // shown port → real
	clients int                  // how many ports have names of the form 5000N
	alias   map[string]string    // real port of a relay → that of the client it stands for
	over    map[string]string    // real port → TCP or UDP, if a program said which
	loose   map[string]bool      // real ports of programs that may have ended, not held yet
	held    map[string]io.Closer // "udp/", "tcp/" or "mark/" and a real port → what has it
	block   *block               // or nil
}

func newNames() *names {
	return &names{began: time.Now(), shown: map[string]string{}, real: map[string]string{},
		alias: map[string]string{}, over: map[string]string{}, loose: map[string]bool{}, held: map[string]io.Closer{}}
}

func (n *names) set(real, shown string) {
	n.shown[real] = shown
	n.real[shown] = real
}

// keep makes a port show as it is, unless it is some other port's real number.
func (n *names) keep(port string) {
	if _, ok := n.shown[port]; !ok {
		n.shown[port] = port
	}
}

// client returns how a port shows, and gives it a name if it has none. Those
// below 1024 the system gives to nobody who has not asked for them. over is TCP
// or UDP if the program said which it means, or "".
func (n *names) client(real, over string) string {
	if p, _ := strconv.Atoi(real); p < 1024 {
		n.keep(real)
	}
	key := n.key(real, over)
	if _, ok := n.shown[key]; !ok {
		n.clients++
		shown := strconv.Itoa(50000 + n.clients)
		n.shown[key], n.real[shown] = shown, real
		n.over[key] = over
		n.loose[real] = true
	}
	return n.shown[key]
}

// key returns what a port goes by in shown: its number alone, unless that is
// known as the other protocol's. Now and then the system gives out one number
// for both.
func (n *names) key(real, over string) string {
	if other := n.over[real]; other != "" && over != "" && over != other {
		return real + "/" + over
	}
	return real
}

// server makes the address known that a server announced, where the reader
// would see shown.
func (n *names) server(shown, real string) {
	_, shownPort, _ := splitPort(shown)
	_, realPort, _ := splitPort(real)
	if shownPort == "0" {
		n.client(realPort, "")
		delete(n.loose, realPort)
		return
	}
	n.set(realPort, shownPort)
}

// ended says that a server has ended which had announced an address. Its port is
// held; or, if another program was faster, its name goes to a port that is. So
// whoever knocks there from now on is refused.
func (n *names) ended(real string) {
	_, port, _ := splitPort(real)
	if n.hold(port, false) {
		return
	}
	n.loose[port] = true
	shown := n.shown[port]
	if n.plain || n.real[shown] != port {
		return
	}
	if other, err := n.deaf(); err == nil {
		n.set(other, shown)
	}
}

// further makes the other ports known that the same server announces in its
// output. They are shifted by as much.
func (n *names) further(shown, real, output string) {
	_, shownPort, _ := splitPort(shown)
	_, realPort, _ := splitPort(real)
	if shownPort == "0" {
		return
	}
	from, _ := strconv.Atoi(realPort)
	to, _ := strconv.Atoi(shownPort)
	for _, m := range announced.FindAllStringSubmatch(output, -1) {
		_, port, _ := splitPort(m[1])
		if p, _ := strconv.Atoi(port); n.shown[port] == "" {
			n.set(port, strconv.Itoa(p-from+to))
		}
	}
}

var (
	announced = regexp.MustCompile(`(?m)\blistening on (\S+:\d+)$`)
	address   = regexp.MustCompile(`(\b\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]*(?:%\w+)?\]|\blocalhost):(\d{1,5})\b( over (TCP|UDP)\b)?`)
	clock     = regexp.MustCompile(`\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\b`)
)

// show rewrites what a program printed as the reader would see it.
func (n *names) show(s string) string {
	s = n.rewrite(s, n.client)
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n" // as a file of a txtar archive ends
	}
	return s
}

// peek is show, but gives no new names.
func (n *names) peek(s string) string {
	return n.rewrite(s, func(port, over string) string {
		if shown, ok := n.shown[n.key(port, over)]; ok {
			return shown
		}
		return port
	})
}

func (n *names) rewrite(s string, name func(port, over string) string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if n.plain {
		return console.Visible(s)
	}
	var b strings.Builder
	for line := range strings.Lines(s) { // regexp is slow on long texts
		b.WriteString(n.rewriteLine(line, name))
	}
	return console.Visible(b.String())
}

func (n *names) rewriteLine(s string, name func(port, over string) string) string {
	s = address.ReplaceAllStringFunc(s, func(s string) string {
		addr, over, _ := strings.Cut(s, " over ")
		host, port, _ := splitPort(addr)
		if port == "0" {
			return s
		}
		if near, ok := n.alias[port]; ok {
			port = near
		}
		return host + ":" + name(port, over) + s[len(addr):]
	})
	return clock.ReplaceAllStringFunc(s, func(c string) string {
		t, err := time.ParseInLocation(time.ANSIC, c, time.Local)
		if err != nil || t.Before(n.began.Truncate(time.Second)) || t.After(time.Now()) {
			return "(not now: " + c + ")"
		}
		return "Mon Jan  2 15:04:05 2006"
	})
}

// realArgs rewrites the arguments of a program that name a port of the script.
func (n *names) realArgs(args []string) []string {
	var out []string
	for _, arg := range args {
		if real, ok := n.real[arg]; ok { // a bare port
			arg = real
		} else if host, port, ok := splitPort(arg); ok && n.real[port] != "" {
			arg = host + ":" + n.real[port]
		}
		out = append(out, arg)
	}
	return out
}

// realAddr returns the real address for one that a script names. Where nobody
// listens there, it is one at which nobody ever will.
func (n *names) realAddr(shown string) (string, error) {
	host, port, ok := splitPort(shown)
	if !ok || port == "0" {
		return shown, nil
	}
	if n.real[port] == "" && n.block.has(port) {
		if _, err := n.listen(nil); err != nil {
			return "", err
		}
	}
	if n.real[port] == "" {
		real, err := n.deaf()
		if err != nil {
			return "", err
		}
		n.set(real, port)
	}
	return host + ":" + n.real[port], nil
}

// deaf finds a port at which nobody listens, over TCP or UDP, and keeps it so.
func (n *names) deaf() (port string, err error) {
	for range 100 { // the port that is free over UDP may be in use over TCP
		u, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		_, port, _ := splitPort(u.LocalAddr().String())
		u.Close()
		if n.hold(port, false) {
			return port, nil
		}
	}
	return "", fmt.Errorf("found no port that is free over UDP and TCP")
}

// retire takes the ports that clients have let go of.
func (n *names) retire() {
	for port := range n.loose {
		if n.hold(port, false) {
			delete(n.loose, port)
		}
	}
}

// hold takes a port that nobody uses, so that the system gives it to nobody,
// and who knocks there is refused: over UDP and TCP, or that of them for which it
// can. Over TCP, connections may linger there, and a listener that asks for the
// port may share it, unless it is held alone. It reports whether it has both.
func (n *names) hold(port string, alone bool) bool {
	if n.promisedToOthers(port) {
		return false
	}
	take := func(network string, bind func() (io.Closer, error)) bool {
		key := network + "/" + port
		if n.held[key] == nil {
			c, err := bind()
			if err != nil {
				return false
			}
			n.held[key] = c
		}
		return true
	}
	p, _ := strconv.Atoi(port)
	udp := take("udp", func() (io.Closer, error) {
		d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: p}}
		return d.Dial("udp", "127.0.0.1:9") // connected: it hears nobody else
	})
	return take("tcp", func() (io.Closer, error) { return bind(p, !alone) }) && udp
}

func (n *names) close() {
	for _, c := range n.held {
		c.Close()
	}
	promised.Lock()
	defer promised.Unlock()
	maps.DeleteFunc(promised.to, func(_ string, to *names) bool { return to == n })
}

// splitPort cuts an address at its last colon. ok is false unless a number follows.
func splitPort(addr string) (host, port string, ok bool) {
	i := strings.LastIndexByte(addr, ':')
	if i < 0 {
		return "", "", false
	}
	_, err := strconv.ParseUint(addr[i+1:], 10, 16)
	return addr[:i], addr[i+1:], err == nil
}
