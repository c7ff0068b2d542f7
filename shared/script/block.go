package script

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
)

// A block is some ports that keep their distance from a first one: a program
// is told that one, and finds the others by counting.
type block struct {
	base  int   // the first, as the script has it
	ports []int // the others, as the script has them
}

// begins reports whether the block, which may be nil, begins with a port.
func (b *block) begins(port string) bool {
	return b != nil && strconv.Itoa(b.base) == port
}

// has reports whether a port belongs to the block, which may be nil.
func (b *block) has(port string) bool {
	p, _ := strconv.Atoi(port)
	return b.begins(port) || b != nil && slices.Contains(b.ports, p)
}

// A place is an address of the script at which a peer is to listen.
type place struct{ name, network, host, port string }

// listen makes a peer that listens at a place, really at another port.
func (at place) listen(port string) (p *peer, addr net.Addr, err error) {
	switch p = new(peer); at.network {
	case "tcp":
		if p.listener, err = net.Listen("tcp", at.host+":"+port); err == nil {
			addr = p.listener.Addr()
		}
	case "udp":
		if p.packets, err = net.ListenPacket("udp", at.host+":"+port); err == nil {
			addr = p.packets.LocalAddr()
		}
	default:
		err = errors.New("listen over tcp or udp, not " + at.network)
	}
	if err == nil {
		p.at = addr.String()
	}
	return p, addr, err
}

// settle finds real ports for the block. It tries one place after another, for
// somebody may have any port: open is to listen at some of the ports, at real
// ones, and to return which; undo ends that where others of the block cannot be
// had. Nobody has those.
func (n *names) settle(open func(real func(shown string) string) (ours map[string]bool, undo func(), err error)) error {
	var err error
	for range 100 {
		base := 10000 + rand.IntN(16000) // lower than what is given to clients
		if port := n.named(base); port != "" {
			err = fmt.Errorf("port %s has a name", port)
			continue
		}
		var ours map[string]bool
		var undo func()
		ours, undo, err = open(func(shown string) string {
			port, _ := strconv.Atoi(shown)
			return strconv.Itoa(port - n.block.base + base)
		})
		if err == nil {
			if err = n.enclose(base, ours); err == nil {
				return nil
			}
		}
		undo()
	}
	return fmt.Errorf("found no place for the block: %w", err)
}

// named returns a port that has a name already, of those that the block would
// have from base on; "" if there is none. A server in a block and the relay before
// it have one each, and a block has ports at which nobody listens.
func (n *names) named(base int) string {
	for _, port := range append([]int{n.block.base}, n.block.ports...) {
		real := strconv.Itoa(port - n.block.base + base)
		if n.shown[real] != "" {
			return real
		}
	}
	return ""
}

// listen makes peers that listen at places in the block.
func (n *names) listen(places []place) (peers []*peer, err error) {
	err = n.settle(func(real func(string) string) (map[string]bool, func(), error) {
		peers = nil
		undo := func() {
			for _, p := range peers {
				p.close()
			}
		}
		ours := map[string]bool{}
		for _, at := range places {
			port := real(at.port)
			if n.promisedToOthers(port) {
				return nil, undo, fmt.Errorf("port %s is somebody's", port)
			}
			p, _, err := at.listen(port)
			if err != nil {
				return nil, undo, err
			}
			peers = append(peers, p)
			ours[port] = true
		}
		return ours, undo, nil
	})
	return peers, err
}

// enclose gives the block the real ports from base on, and holds them all but
// for ours.
func (n *names) enclose(base int, ours map[string]bool) error {
	before := maps.Clone(n.held)
	for _, port := range n.block.ports {
		real := strconv.Itoa(port - n.block.base + base)
		if !ours[real] && !n.hold(real, true) {
			for key, c := range n.held {
				if before[key] == nil {
					c.Close()
				}
			}
			n.held = before
			return fmt.Errorf("somebody has port %s, and had another each time: try again", real)
		}
	}
	n.set(strconv.Itoa(base), strconv.Itoa(n.block.base))
	for _, port := range n.block.ports {
		n.set(strconv.Itoa(port-n.block.base+base), strconv.Itoa(port))
	}
	return nil
}

// around encloses the block that begins where a server listens, which has
// announced in its output which ports it has.
func (n *names) around(addr, output string) error {
	ours := map[string]bool{}
	for _, m := range announced.FindAllStringSubmatch(output, -1) {
		_, port, _ := splitPort(m[1])
		ours[port] = true
	}
	_, port, _ := splitPort(addr)
	base, _ := strconv.Atoi(port)
	return n.enclose(base, ours)
}

func (s *session) block(args []string) {
	_, port, ok := splitPort(args[0])
	base, _ := strconv.Atoi(port)
	if !ok || s.names.block != nil || s.names.real[port] != "" {
		s.fatalf("block %s: not of the form host:port, or in use", args[0])
	}
	s.names.block = &block{base: base}
	for _, arg := range args[1:] {
		first, last, isRange := strings.Cut(arg, "-")
		if !isRange {
			last = first
		}
		from, err := strconv.ParseUint(first, 10, 16)
		s.must(err)
		to, err := strconv.ParseUint(last, 10, 16)
		s.must(err)
		for further := from; further <= to; further++ {
			s.names.block.ports = append(s.names.block.ports, base+int(further))
		}
	}
}
