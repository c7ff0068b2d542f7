package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bothends/shared/wire"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A packet is what a capture has of one: where from, what, and its comments.
type packet struct {
	text string
	said []string
}

// readCapture returns a capture's packets, and checks what all must have. The
// error is that of reading.
func readCapture(t *testing.T, name string) ([]packet, error) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := pcapgo.NewNgReader(f, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		return nil, err
	}
	var all []packet
	var last time.Time
	next := map[string]uint32{} // of a side of a connection
	firsts := map[string]bool{}
	for {
		data, info, options, err := r.ReadPacketDataWithOptions()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if !info.Timestamp.After(last) {
			t.Errorf("packet %d is not after the one before", len(all))
		}
		last = info.Timestamp
		p := gopacket.NewPacket(data, layers.LayerTypeIPv4, gopacket.NoCopy)
		if p.ErrorLayer() != nil {
			t.Errorf("packet %d: %v", len(all), p.ErrorLayer().Error())
		}
		ip := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
		if int(ip.Length) != len(data) || !sound(data) {
			t.Errorf("packet %d: a wrong length or checksum", len(all))
		}
		text := strings.TrimPrefix(ip.SrcIP.String(), "10.0.0.")
		if tcp, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP); ok {
			for _, flag := range []struct {
				set  bool
				name string
			}{{tcp.SYN, "SYN"}, {tcp.ACK, "ACK"}, {tcp.PSH, "PSH"}, {tcp.FIN, "FIN"}, {tcp.RST, "RST"}} {
				if flag.set {
					text += " " + flag.name
				}
			}
			from, to := fmt.Sprint(ip.SrcIP, tcp.SrcPort, tcp.DstPort), fmt.Sprint(ip.DstIP, tcp.DstPort, tcp.SrcPort)
			if want, ok := next[from]; ok && tcp.Seq != want && !tcp.SYN {
				t.Errorf("packet %d: seq %d, want %d", len(all), tcp.Seq, want)
			}
			if want := next[to]; tcp.ACK && tcp.Ack != want && !tcp.RST {
				t.Errorf("packet %d: ack %d, want %d", len(all), tcp.Ack, want)
			}
			if first := fmt.Sprint(from, tcp.Seq); tcp.SYN && firsts[first] {
				t.Errorf("packet %d begins a connection as another began", len(all))
			} else if tcp.SYN {
				firsts[first] = true
			}
			next[from] = tcp.Seq + uint32(len(tcp.Payload))
			if tcp.SYN || tcp.FIN {
				next[from]++
			}
			text += fmt.Sprintf(" %d>%d", tcp.SrcPort, tcp.DstPort)
		}
		if udp, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP); ok {
			text += fmt.Sprintf(" UDP %d>%d", udp.SrcPort, udp.DstPort)
		}
		if icmp, ok := p.Layer(layers.LayerTypeICMPv4).(*layers.ICMPv4); ok {
			text += fmt.Sprintf(" %v %d bytes", icmp.TypeCode, len(icmp.Payload))
		} else if app := p.TransportLayer().LayerPayload(); len(app) > 100 {
			text += fmt.Sprintf(" %d bytes", len(app))
		} else if len(app) > 0 {
			text += fmt.Sprintf(" %q", app)
		}
		all = append(all, packet{text, options.Comments})
	}
}

// sound reports whether the checksums of an IPv4 packet are right: RFC 1071.
func sound(data []byte) bool {
	inside, pseudo := data[20:], []byte(nil)
	if protocol := data[9]; protocol != 1 { // ICMP has no part in IP's header
		pseudo = slices.Concat(data[12:20], []byte{0, protocol}, binary.BigEndian.AppendUint16(nil, uint16(len(inside))))
	}
	return sum(data[:20]) == 0xffff && sum(slices.Concat(pseudo, inside)) == 0xffff
}

func sum(data []byte) uint32 {
	if len(data)%2 == 1 {
		data = append(slices.Clone(data), 0)
	}
	n := uint32(0)
	for i := 0; i < len(data); i += 2 {
		n += uint32(binary.BigEndian.Uint16(data[i:]))
		n = n&0xffff + n>>16
	}
	return n
}

// captured captures a scene, and returns its packets.
func captured(t *testing.T, s scene) []packet {
	t.Helper()
	name := filepath.Join(t.TempDir(), "scene.pcapng")
	c, err := newCapture(name)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	for _, step := range s {
		switch step := step.(type) {
		case line:
			c.printed(step.who, step.text)
		case wire.Event:
			c.event(step, at) // all at the same time
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	all, err := readCapture(t, name)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCapture(t *testing.T) {
	refused := tcp(wire.Client, wire.Opened, "")
	refused.Far = nil
	second := tcp(wire.Client, wire.Opened, "")
	second.Conn = 2
	unheard := udp(wire.Server, wire.Passed, "")
	unheard.Kind = wire.Refused
	long := strings.Repeat("x", 2*mostPayload+101)
	for _, test := range []struct {
		name  string
		scene scene
		want  []packet
	}{
		{"a conversation", scene{
			line{"server", "listening\n"}, line{"server", "still\n"}, line{"client", "from\n> "},
			tcp(wire.Client, wire.Opened, ""),
			tcp(wire.Client, wire.Data, "four"), line{"server", "four: OK\n"}, tcp(wire.Server, wire.Data, "OK"),
			tcp(wire.Server, wire.Ended, ""), tcp(wire.Client, wire.Data, long), tcp(wire.Client, wire.Ended, ""), second,
		}, []packet{
			{"1 SYN 50001>20000", []string{"server printed: listening\nstill", "client printed: from\n> "}},
			{"2 SYN ACK 20000>50001", nil}, {"1 ACK 50001>20000", nil},
			{`1 ACK PSH 50001>20000 "four"`, nil}, {`2 ACK PSH 20000>50001 "OK"`, []string{"server printed: four: OK"}},
			{"2 ACK FIN 20000>50001", nil}, {"1 ACK 50001>20000", nil},
			{"1 ACK PSH 50001>20000 65495 bytes", nil}, {"1 ACK PSH 50001>20000 65495 bytes", nil}, {"1 ACK PSH 50001>20000 101 bytes", nil},
			{"1 ACK FIN 50001>20000", nil}, {"2 ACK 20000>50001", nil},
			{"1 SYN 50001>20000", nil}, {"2 SYN ACK 20000>50001", nil}, {"1 ACK 50001>20000", nil},
		}},
		{"a reset", scene{tcp(wire.Client, wire.Opened, ""), tcp(wire.Server, wire.Reset, "")}, []packet{
			{"1 SYN 50001>20000", nil}, {"2 SYN ACK 20000>50001", nil}, {"1 ACK 50001>20000", nil}, {"2 ACK RST 20000>50001", nil},
		}},
		{"a refusal", scene{refused, tcp(wire.Server, wire.Refused, "")}, []packet{
			{"1 SYN 50001>20000", nil}, {"2 ACK RST 20000>50001", nil},
		}},
		{"datagrams", scene{
			udp(wire.Client, wire.Passed, "a"), udp(wire.Server, wire.Dropped, ""), udp(wire.Client, wire.Late, "c"),
			udp(wire.Client, wire.Repeated, "d"), unheard, udp(wire.Client, wire.Passed, long[:65507]),
		}, []packet{
			{`1 UDP 50001>20000 "a"`, nil}, {"2 UDP 20000>50001", []string{"the relay lost it: it never arrived"}},
			{`1 UDP 50001>20000 "c"`, []string{"the relay held it back: it arrived behind the next"}},
			{`1 UDP 50001>20000 "d"`, nil}, {`1 UDP 50001>20000 "d"`, []string{"the relay passed it on twice"}},
			{"2 DestinationUnreachable(Port) 28 bytes", nil}, {"1 UDP 50001>20000 65507 bytes", nil},
		}},
		{"much that is printed", scene{
			line{"server", strings.Repeat("è", mostSaid)}, line{"client", "a\n"}, udp(wire.Client, wire.Passed, "b"),
		}, []packet{{`1 UDP 50001>20000 "b"`, []string{"server printed: " + strings.Repeat("è", mostSaid/2), "client printed: a"}}}},
	} {
		got := captured(t, test.scene)
		if !slices.EqualFunc(got, test.want, func(a, b packet) bool { return a.text == b.text && slices.Equal(a.said, b.said) }) {
			t.Errorf("%s\ngot:  %.4000q\nwant: %.4000q", test.name, got, test.want)
		}
	}
}

// TestSound checks that the check sees what is wrong.
func TestSound(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	c, err := newCapture(name)
	if err != nil {
		t.Fatal(err)
	}
	c.event(udp(wire.Client, wire.Passed, "abc"), time.Now())
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	data := c.sent[1]
	if !sound(data) {
		t.Error("what is right is taken for wrong")
	}
	for i := range data {
		other := bytes.Clone(data)
		other[i]++
		if sound(other) {
			t.Errorf("a wrong byte %d goes unseen", i)
		}
	}
}

// TestMuchSaid checks that programs that print, and send nothing, do not fill
// the memory.
func TestMuchSaid(t *testing.T) {
	c := &capture{}
	for range 10 * mostComments {
		c.printed("server", "a\n")
		c.printed("client", "b\n")
	}
	if len(c.said) != mostComments {
		t.Errorf("%d comments", len(c.said))
	}
}

// TestCaptureFails writes where it cannot.
func TestCaptureFails(t *testing.T) {
	if _, err := newCapture(filepath.Join(t.TempDir(), "none", "x")); err == nil {
		t.Error("no error where there is no folder")
	}
	c, err := newCapture(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	c.file.Close()
	c.event(udp(wire.Client, wire.Passed, "a"), time.Now())
	if err := c.close(); !errors.Is(err, os.ErrClosed) || !strings.Contains(err.Error(), "write ") {
		t.Errorf("got %v, want the first error", err)
	}
}
