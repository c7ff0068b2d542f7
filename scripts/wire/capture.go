package main

import (
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"bothends/shared/wire"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A capture writes what crosses the wire as packets, in the format pcapng:
// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html
//
// The relay sees no packets, so these are made up: the client is 10.0.0.1, the
// server 10.0.0.2, their ports are the true ones. A connection begins with a
// handshake, each chunk is a packet (or several, where one cannot hold it), and
// numbers and checksums are right. A packet's comments are what the programs
// printed between the packet before it and this one.
type capture struct {
	file    *os.File
	to      *pcapgo.NgWriter
	last    time.Time // of the packet before
	id      uint16    // of the next
	said    []string  // comments for it
	streams map[int]next
	sent    map[int][]byte // the last datagram of each UDP client
	err     error          // the first
}

// A next is what each side of a TCP connection numbers its next byte with.
type next map[wire.Side]uint32

var (
	hosts = map[wire.Side]net.IP{
		wire.Client: net.IPv4(10, 0, 0, 1).To4(),
		wire.Server: net.IPv4(10, 0, 0, 2).To4(),
	}
	fixed = gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
)

const (
	mostPayload  = 65535 - 20 - 20 // bytes of an IPv4 packet without its headers and TCP's
	mostSaid     = 16 << 10        // bytes of one comment
	mostComments = 100             // of one packet
	scale        = 14              // window scale: no window is ever full
)

// newCapture begins a file.
func newCapture(name string) (*capture, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	options := pcapgo.DefaultNgWriterOptions
	options.SectionInfo.Application = "Both Ends, scripts/wire"
	options.SectionInfo.Comment = "what a relay read, and made-up headers"
	card := pcapgo.DefaultNgInterface
	card.Name, card.LinkType = "wire", layers.LinkTypeRaw
	to, err := pcapgo.NewNgWriterInterface(f, card, options)
	if err == nil {
		err = to.Flush()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &capture{file: f, to: to, streams: map[int]next{}, sent: map[int][]byte{}}, nil
}

// close ends the file. The error is the first that there was.
func (c *capture) close() error {
	if err := c.file.Close(); c.err == nil {
		c.err = err
	}
	return c.err
}

// printed keeps what a program printed, for the next packet.
func (c *capture) printed(who, text string) {
	lead := who + " printed: "
	if i := len(c.said) - 1; i >= 0 && strings.HasPrefix(c.said[i], lead) {
		text = c.said[i][len(lead):] + text
		c.said = c.said[:i]
	}
	if len(text) > mostSaid {
		text = strings.ToValidUTF8(text[:mostSaid], "")
	}
	if len(c.said) < mostComments {
		c.said = append(c.said, lead+text)
	}
}

// event writes the packets that stand for an event.
func (c *capture) event(e wire.Event, at time.Time) {
	if e.Network == "udp" {
		c.datagram(e, at)
	} else {
		c.segment(e, at)
	}
	if err := c.to.Flush(); err != nil && c.err == nil {
		c.err = err
	}
}

// datagram writes what happens over UDP.
func (c *capture) datagram(e wire.Event, at time.Time) {
	switch e.Kind {
	case wire.Refused: // what came is sent back, or the beginning of it
		sent := c.sent[e.Conn]
		c.packet(e.From, layers.IPProtocolICMPv4, at,
			&layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodePort)},
			gopacket.Payload(sent[:min(len(sent), 28)]))
	case wire.Data:
		times := 1
		switch e.Fate {
		case wire.Dropped:
			c.said = append(c.said, "the relay lost it: it never arrived")
		case wire.Late:
			c.said = append(c.said, "the relay held it back: it arrived behind the next")
		case wire.Repeated:
			times = 2
		}
		for i := range times {
			if i > 0 {
				c.said = append(c.said, "the relay passed it on twice")
			}
			from, to := ends(e)
			udp := &layers.UDP{SrcPort: layers.UDPPort(from), DstPort: layers.UDPPort(to)}
			c.sent[e.Conn] = c.packet(e.From, layers.IPProtocolUDP, at, udp, gopacket.Payload(e.Data))
		}
	}
}

// segment writes what happens over TCP.
func (c *capture) segment(e wire.Event, at time.Time) {
	s := c.streams[e.Conn]
	if s == nil { // each has sequence numbers of its own
		first := uint32(e.Conn) * 1_000_000_000
		s = next{wire.Client: first, wire.Server: first + 500_000_000}
		c.streams[e.Conn] = s
	}
	from, back := e, e // from the side that did it, and from the other
	back.From = e.From.Other()
	switch e.Kind {
	case wire.Opened:
		c.tcp(s, from, at, layers.TCP{SYN: true}, nil)
		if e.Far == nil {
			return // and a refusal follows
		}
		c.tcp(s, back, at, layers.TCP{SYN: true, ACK: true}, nil)
		c.tcp(s, from, at, layers.TCP{ACK: true}, nil)
	case wire.Data:
		for data := e.Data; len(data) > 0; {
			n := min(len(data), mostPayload)
			c.tcp(s, from, at, layers.TCP{PSH: true, ACK: true}, data[:n])
			data = data[n:]
		}
	case wire.Ended:
		c.tcp(s, from, at, layers.TCP{FIN: true, ACK: true}, nil)
		c.tcp(s, back, at, layers.TCP{ACK: true}, nil)
	case wire.Reset, wire.Refused:
		c.tcp(s, from, at, layers.TCP{RST: true, ACK: true}, nil)
	}
}

// tcp writes one TCP packet from the event's side, with those flags.
func (c *capture) tcp(s next, e wire.Event, at time.Time, tcp layers.TCP, data []byte) {
	from, to := ends(e)
	tcp.SrcPort, tcp.DstPort = layers.TCPPort(from), layers.TCPPort(to)
	tcp.Seq, tcp.Window = s[e.From], 65535
	if tcp.ACK {
		tcp.Ack = s[e.From.Other()]
	}
	if tcp.SYN {
		tcp.Options = []layers.TCPOption{
			{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{mostPayload >> 8, mostPayload & 0xff}},
			{OptionType: layers.TCPOptionKindWindowScale, OptionLength: 3, OptionData: []byte{scale}},
		}
	}
	s[e.From] += uint32(len(data))
	if tcp.SYN || tcp.FIN {
		s[e.From]++
	}
	c.packet(e.From, layers.IPProtocolTCP, at, &tcp, gopacket.Payload(data))
}

// ends returns the ports of an event's sender and receiver.
func ends(e wire.Event) (from, to uint16) {
	number := func(addr string) uint16 {
		_, p, _ := net.SplitHostPort(addr)
		n, _ := strconv.ParseUint(p, 10, 16)
		return uint16(n)
	}
	from, to = number(e.Near.String()), number(e.Door)
	if e.From == wire.Server {
		from, to = to, from
	}
	return from, to
}

// packet writes one packet, and returns it.
func (c *capture) packet(from wire.Side, protocol layers.IPProtocol, at time.Time, inside ...gopacket.SerializableLayer) []byte {
	ip := &layers.IPv4{Version: 4, TTL: 64, Id: c.id, Flags: layers.IPv4DontFragment,
		Protocol: protocol, SrcIP: hosts[from], DstIP: hosts[from.Other()]}
	c.id++
	if l, ok := inside[0].(interface {
		SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
	}); ok {
		l.SetNetworkLayerForChecksum(ip)
	}
	buf := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(buf, fixed, append([]gopacket.SerializableLayer{ip}, inside...)...)
	data := buf.Bytes()
	if err == nil {
		if least := c.last.Add(time.Microsecond); at.Before(least) { // each has a time of its own
			at = least
		}
		c.last = at
		for i := range c.said {
			c.said[i] = strings.TrimSuffix(c.said[i], "\n")
		}
		err = c.to.WritePacketWithOptions(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(data), Length: len(data)},
			data, pcapgo.NgPacketOptions{Comments: c.said})
		c.said = nil
	}
	if err != nil && c.err == nil {
		c.err = err
	}
	return data
}
