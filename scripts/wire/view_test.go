package main

import (
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"bothends/shared/console"
	"bothends/shared/wire"
)

// A scene is what a view is shown: each step is a program and what it prints, or
// "typed", or an event.
type scene []any

type line struct{ who, text string }

const typed = "typed"

// perform shows a scene, and returns what a screen that wide shows at its end,
// or a file if width is 0.
func perform(width int, s scene, set ...func(*view)) string {
	var out bytes.Buffer
	v := newView(&out, func() int { return width })
	for _, f := range set {
		f(v)
	}
	for i, step := range s {
		at := time.Duration(i) * 1234567 * time.Microsecond
		switch step := step.(type) {
		case line:
			v.print(step.who, step.text, at)
		case wire.Event:
			v.event(step, at)
		case string:
			out.WriteString("(typed)\n") // as the terminal does
			v.typed("client")
		}
	}
	v.close()
	return "\n" + erased.ReplaceAllString(out.String(), "")
}

var erased = regexp.MustCompile("(?m)^[^\n]*\r\x1b\\[K")

func addr(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }

// tcp and udp return events of the first client.
func tcp(from wire.Side, kind wire.Kind, data string) wire.Event {
	return wire.Event{Conn: 1, Network: "tcp", From: from, Kind: kind, Data: []byte(data),
		Near: addr("127.0.0.1:50001"), Far: addr("127.0.0.1:50002"), Door: "127.0.0.1:20000"}
}

func udp(from wire.Side, fate wire.Fate, data string) wire.Event {
	e := tcp(from, wire.Data, data)
	e.Network, e.Fate = "udp", fate
	return e
}

func hexed(v *view) { v.hex = true }
func timed(v *view) { v.times = true }

var talk = scene{
	line{"server", "listening on 127.0.0.1:20000\n"},
	tcp(wire.Client, wire.Opened, ""),
	line{"client", "from 127.0.0.1:50001 to 127.0.0.1:20000\n"},
	line{"client", "> "},
	typed,
	tcp(wire.Client, wire.Data, "four"),
	line{"server", "127.0.0.1:50001 sent \"four\" (length 4): OK\n"},
	tcp(wire.Server, wire.Data, "OK, and then some more than fits"),
	tcp(wire.Server, wire.Ended, ""),
	line{"client", "\"OK\" (length 2)\n> "},
	tcp(wire.Client, wire.Reset, ""),
}

var views = []struct {
	name  string
	width int
	scene scene
	set   func(*view)
	want  string
}{
	{"columns", 100, talk, nil, `
server                               wire                      client
listening on 127.0.0.1:20000
                                     <── connect ────────────
                                                               from 127.0.0.1:50001 to
                                                                 127.0.0.1:20000
                                                               > (typed)
                                     <── "four" ─────────────
127.0.0.1:50001 sent "four" (length
  4): OK
                                     "OK, and then some more
                                     than fits"
                                     ───────────────────────>
                                     ── end ────────────────>
                                                               "OK" (length 2)
                                     <── reset ──────────────
                                                               > 
`},
	{"one column", 60, talk, nil, `
server │ listening on 127.0.0.1:20000
  wire │ client → server  connect
client │ from 127.0.0.1:50001 to 127.0.0.1:20000
client │ > (typed)
  wire │ client → server  "four"
server │ 127.0.0.1:50001 sent "four" (length 4): OK
  wire │ server → client  "OK, and then some more than
  wire │   fits"
  wire │ server → client  end
client │ "OK" (length 2)
  wire │ client → server  reset
client │ > 
`},
	{"a file", 0, scene{
		line{"client", "> "}, udp(wire.Client, wire.Passed, "a"), line{"client", "\"b\"\n> "},
		line{"client", "c\n"}, line{"server", strings.Repeat("long ", 30) + "\n"},
	}, nil, `
client │ > 
  wire │ client → server  "a"
client │ "b"
client │ > c
server │ ` + strings.Repeat("long ", 30) + "\n"},
	{"one column, folded", 40, scene{
		line{"server", "127.0.0.1:50001 sent \"four\" (length 4): OK\n"}, tcp(wire.Server, wire.Data, "OK, and then some more"),
	}, timed, `
  0.0000 server │ 127.0.0.1:50001 sent
         server │   "four" (length 4):
         server │   OK
  1.2346   wire │ server → client  "OK,
           wire │   and then some more"
`},
	{"bytes", 80, scene{udp(wire.Client, wire.Passed, "Hello, World!\n\x00\xffand more"), line{"client", "\n"}}, hexed, `
server                        wire                 client
                              "Hello,
                              World!\n\x00\xffand
                              more"
                              <──────────────────
00000000  48 65 6c 6c 6f 2c 20 57  6f 72 6c 64 21 0a 00 ff  |Hello, World!...|
00000010  61 6e 64 20 6d 6f 72 65                           |and more|
                                                   
`},
	{"bytes, narrow", 60, scene{udp(wire.Client, wire.Passed, "Hello, World!")}, hexed, `
  wire │ client → server  "Hello, World!"
00000000  48 65 6c 6c 6f 2c 20 57  |Hello, W|
00000008  6f 72 6c 64 21           |orld!|
`},
	{"bytes, a file, times", 0, scene{line{"server", "a\n"}, udp(wire.Client, wire.Passed, "b")},
		func(v *view) { hexed(v); timed(v) }, `
  0.0000 server │ a
  1.2346   wire │ client → server  "b"
           wire │ 00000000  62                                                |b|
`},
	{"times", 80, scene{line{"server", "listening on 127.0.0.1:20000\nb\n"}, line{"client", "> "}, udp(wire.Client, wire.Passed, "a")}, timed, `
         server                    wire               client
  0.0000 listening on
           127.0.0.1:20000
  0.0000 b
  2.4691                           <── "a" ─────────
  1.2346                                              > 
`},
	{"fates", 100, scene{
		udp(wire.Client, wire.Dropped, "a"), udp(wire.Server, wire.Dropped, "b"),
		udp(wire.Client, wire.Repeated, "c"), udp(wire.Server, wire.Late, ""),
		udp(wire.Client, wire.Passed, strings.Repeat("long ", 30)),
	}, nil, `
server                               wire                      client
                                     x── "a" (lost) ─────────
                                     ── "b" (lost) ─────────x
                                     <── "c" (twice) ────────
                                     ── "" (late) ──────────>
                                     "long long long long
                                     long long long long long
                                     long long long long"
                                     (length 150)
                                     <───────────────────────
`},
	{"several clients", 100, scene{
		udp(wire.Client, wire.Passed, "a"),
		func() wire.Event {
			e := udp(wire.Client, wire.Passed, "b")
			e.Conn, e.Near = 2, addr("127.0.0.1:50003")
			return e
		}(),
		udp(wire.Server, wire.Passed, "a"),
	}, nil, `
server                               wire                      client
                                     <── "a" ────────────────
                                     <── "b" ────────── 50003
                                     ── "a" ──────────> 50001
`},
	{"several ports", 100, scene{tcp(wire.Client, wire.Opened, ""), tcp(wire.Server, wire.Data, "b")},
		func(v *view) { v.doors = 2 }, `
server                               wire                      client
                                     connect
                                     20000 <─────────── 50001
                                     20000 ── "b" ────> 50001
`},
	{"several ports, one column", 60, scene{tcp(wire.Server, wire.Refused, "")}, func(v *view) { v.doors = 2 }, `
  wire │ server 20000 → client 50001  refused
`},
	{"two unfinished lines", 60, scene{line{"client", "> "}, line{"server", "so"}, line{"server", " what\n"}, line{"client", "!"}}, nil, `
server │ so what
client │ > !
`},
	{"wide characters", 80, scene{line{"server", "二二二二二二二二二二二二二二二\n"}, udp(wire.Client, wire.Passed, "二二二二二二二")}, nil, `
server                        wire                 client
二二二二二二二二二二二二二二
  二
                              "二二二二二二二"
                              <──────────────────
`},
	// A mark that a terminal may or may not give a cell, and halves of flags.
	{"uncertain characters", 80, scene{line{"client", strings.Repeat("e\u0301", 15) + "\n" + strings.Repeat("🇩🇪", 8) + "\n"}}, nil, `
server                        wire                 client
                                                   ` + strings.Repeat("e\u0301", 14) + `
                                                     e` + "\u0301" + `
                                                   ` + strings.Repeat("🇩🇪", 7) + `
                                                     🇩🇪
`},
	{"from right to left", 80, scene{line{"server", "שלום, all\nbye\n"}, udp(wire.Client, wire.Passed, "שלום")}, func(v *view) { v.doors = 2 }, `
server                        wire                 client
` + "\u200eשלום, all\u200e" + `
bye
` + strings.Repeat(" ", 30) + "\u200e\u200e\"שלום\"\u200e\u200e" + `
                              20000 <────── 50001
`},
	{"from right to left, a file", 0, scene{line{"server", "שלום, all\n"}}, nil, `
server │ שלום, all
`},
	{"tabs", 80, scene{line{"server", "a\tb\n"}}, nil, `
server                        wire                 client
a    b
`},
}

func TestViews(t *testing.T) {
	for _, test := range views {
		set := test.set
		if set == nil {
			set = func(*view) {}
		}
		if got := perform(test.width, test.scene, set); got != test.want {
			t.Errorf("%s\ngot: %s\nwant: %s", test.name, got, test.want)
		}
	}
}

// TestTimes checks that no row is before the one above it, whatever it is told.
func TestTimes(t *testing.T) {
	var out bytes.Buffer
	v := newView(&out, func() int { return 0 })
	v.times = true
	v.event(udp(wire.Client, wire.Passed, "a"), 2*time.Second)
	v.print("client", "b\n", time.Second)
	v.event(udp(wire.Client, wire.Passed, "c"), time.Second)
	const want = "  2.0000   wire │ client → server  \"a\"\n  2.0000 client │ b\n  2.0000   wire │ client → server  \"c\"\n"
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestColors checks that each program has its colour: in columns its rows have,
// and else its label.
func TestColors(t *testing.T) {
	if err := console.SetColor("always"); err != nil {
		t.Fatal(err)
	}
	defer console.SetColor("never")
	s := scene{line{"server", "a\n"}, udp(wire.Client, wire.Passed, "b"), line{"client", "c\n"}}
	for width, want := range map[int]string{
		80: "\nserver                        wire                 client\n" +
			"\x1b[36ma\x1b[0m\n                              <── \"b\" ───────────\n" + strings.Repeat(" ", 51) + "\x1b[33mc\x1b[0m\n",
		0: "\n\x1b[36mserver │ \x1b[0ma\n  wire │ client → server  \"b\"\n\x1b[33mclient │ \x1b[0mc\n",
	} {
		if got := perform(width, s); got != want {
			t.Errorf("%d: got %q, want %q", width, got, want)
		}
	}
}

// TestFold looks for rows that are too long, or that lose something.
func TestFold(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("word ", 20), strings.Repeat(`\xff\n\u202e`, 20), strings.Repeat(`\\`, 50), strings.Repeat("二", 50),
		strings.Repeat("🇩🇪", 20), strings.Repeat(" ", 90), "a" + strings.Repeat(" ", 90) + "b", strings.Repeat("a二", 50), "",
	} {
		for cells := 10; cells < 30; cells++ {
			rows := fold(text, cells, "  ")
			for _, row := range rows[:len(rows)-1] {
				if cellsOf(row) > cells {
					t.Errorf("%q at %d: %q", text, cells, row)
				}
			}
			bare := strings.NewReplacer(" ", "")
			if got := bare.Replace(strings.Join(rows, "")); got != bare.Replace(text) {
				t.Errorf("%q at %d: %q", text, cells, rows)
			}
		}
	}
}

// TestFoldMuch would take minutes if each row cost as much as the line.
func TestFoldMuch(t *testing.T) {
	if rows := fold(strings.Repeat("x", 1<<20), 12, "  "); len(rows) != 104858 {
		t.Errorf("%d rows", len(rows))
	}
}

// TestHex compares with package hex.
func TestHex(t *testing.T) {
	var all []byte
	for i := range 300 {
		all = append(all, byte(i))
	}
	var b strings.Builder
	newView(nil, func() int { return 80 }).dump(&b, all)
	if want := hex.Dump(all); b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
	b.Reset()
	newView(nil, func() int { return 0 }).dump(&b, make([]byte, mostHex+1))
	if got := b.String(); strings.Count(got, "\n") != mostHex/16+1 || !strings.HasSuffix(got, "  wire │ (1 bytes more)\n") {
		t.Errorf("a long one ends in %q", got[len(got)-100:])
	}
}
