// Wire plays a lesson with a relay between its programs, and shows what crosses:
// the server left, the wire in the middle, the client right.
//
// Usage:
//
//	wire [flags] LESSON [-- ARG ...]
//
// LESSON is a number, or a folder's name. The keyboard goes to the client, and
// so do the ARGs. The exit status is the client's, or that of the server if it
// could not start. The flags:
//
//	-fault FAULT   be a bad network; may be repeated
//	-seed N        of the dice for faults such as drop=1/3
//	-hex           show bytes as hexdump -C does
//	-times         show when, in seconds since the start
//	-pcap FILE     write FILE for Wireshark, in place of what was there
//	-color WHEN    auto, always or never
//
// A FAULT is drop=2 (the second datagram that each side sends is lost), slice=1
// (a stream arrives a byte at a time), latency=100ms, rate=1000, join=50ms,
// stall=N, halfclose=N, reset=N, repeat=N or reorder=N; behind client: or
// server:, only what that side sends meets it.
//
// Below 80 columns, or where it does not print to a terminal, there is one
// column, and each row begins with server, wire or client.
//
// # What it is
//
// The relay listens where the server would by default, if that is free, and the
// client is sent there; the server listens at a port that is free. A server that
// announces several ports has a door for each, as far apart. At ports that it
// has not announced, nobody listens, and it is the system that refuses.
//
// The relay sees no packets. It sees what its reads return, and calls them
// chunks: one may be a part of what was written, or several writes in one. For
// Wireshark, each is dressed as a packet.
//
// Before it passes a chunk on, it takes what the sender has printed. So what a
// program printed before it sent something stands above that, each time. What
// happens at both ends at the same time, such as the server's goodbye to a
// connection and the client's to its user, may stand in either order.
//
// To the server, its clients have the relay's addresses. In what the server
// prints, each is shown as the client's own, and the server's as that at which
// the client finds it: as if they spoke with each other. Nothing else is changed,
// least of all what crosses.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"time"

	"bothends/shared/console"
	"bothends/shared/lesson"
	"bothends/shared/stage"
	"bothends/shared/wire"

	"github.com/fatih/color"
	"golang.org/x/term"
)

var (
	faults  []wire.Fault
	seed    = flag.Uint64("seed", 1, "throw the dice for faults such as drop=1/3 from `number`")
	inHex   = flag.Bool("hex", false, "show bytes as hexdump -C does")
	times   = flag.Bool("times", false, "show when, in seconds since the start")
	pcap    = flag.String("pcap", "", "write `file` for Wireshark")
	colored = flag.String("color", "auto", "colour what is shown: `when` is auto, always or never")
)

// yield is how long a client's end is held back, for a server that ends of its
// own accord: where both do at the same time, the server is to be first.
const yield = 50 * time.Millisecond

var newStage = stage.New // a variable for the tests

func main() {
	log.SetFlags(0)
	log.SetPrefix("wire: ")
	name, args := flags(os.Args[1:])
	root, err := lesson.Root()
	if err != nil {
		log.Fatal(err)
	}
	l, err := lesson.Find(root, name)
	if err != nil {
		log.Print(err)
		os.Exit(2)
	}
	paths, err := l.Build(lesson.Pair...)
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(play(paths[0], paths[1], args))
}

// flags reads the command line.
func flags(line []string) (name string, args []string) {
	flag.Func("fault", "be a bad network: `what`=how, such as drop=2 or slice=1; may be repeated", func(text string) error {
		f, err := wire.ParseFault(text)
		faults = append(faults, f)
		return err
	})
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: wire [flags] LESSON [-- ARG ...]")
		flag.PrintDefaults()
	}
	words, args := stage.Words(line)
	if len(words) != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := console.SetColor(*colored); err != nil {
		log.Print(err)
		os.Exit(2)
	}
	return words[0], args
}

// play plays a server and a client with the wire between them, and returns the
// exit status.
func play(serverPath, clientPath string, args []string) int {
	v := newView(color.Output, width)
	v.hex, v.times = *inHex, *times
	l := newLadder(v)
	s := newStage(l)
	if *pcap != "" {
		c, err := newCapture(*pcap)
		if err != nil {
			log.Print(err)
			return 1
		}
		l.capture = c
	}
	for _, f := range faults { // what the server says last comes later
		s.Settle += 2 * f.Wait
	}

	ask, cancel := context.WithTimeout(s.Context(), s.Patience)
	at := lesson.DefaultAddr(ask, serverPath, nil)
	cancel()
	if at == "" {
		at = "127.0.0.1:0"
	}
	host, _, _ := net.SplitHostPort(at)
	s.ServerArgs = []string{"-addr", net.JoinHostPort(host, "0")}
	s.Start = l.start
	relay := wire.New(wire.Options{}) // until there is something to stand between
	s.Between = func(addr string) (string, error) {
		r, names, err := open(at, l.announced(addr), wire.Options{Faults: faults, Seed: *seed, See: l.see, Yield: yield})
		if err != nil {
			return "", err
		}
		relay, s.Underway = r, r.Wait
		l.open(names, r.Settle)
		return names[addr], nil
	}

	status := s.PlayBoth(serverPath, clientPath, args)
	last, cancel := context.WithTimeout(context.Background(), s.Settle)
	relay.Wait(last) // the programs have ended, and so will their connections
	cancel()
	relay.Close()
	l.Close()
	l.stop()
	if l.capture != nil {
		if err := l.capture.close(); err != nil {
			log.Print(err)
			return max(1, status)
		}
	}
	return status
}

// open opens a relay with a door for each address that a server has announced,
// as far apart as those are. The first is at an address, HOST:PORT, if all of
// them can be had there, and otherwise at some other port. It returns the doors
// by the addresses announced.
func open(at string, announced []string, o wire.Options) (r *wire.Relay, doors map[string]string, err error) {
	host, first := split(at)
	_, from := split(announced[0])
	for range 100 { // where one is free, another may be in use
		r, doors = wire.New(o), map[string]string{}
		base := first
		for _, target := range announced {
			_, port := split(target)
			var door string
			if door, err = r.Open(net.JoinHostPort(host, strconv.Itoa(base+port-from)), target); err != nil {
				break
			}
			_, base = split(door)
			base -= port - from
			doors[target] = door
		}
		if err == nil {
			return r, doors, nil
		}
		r.Close()
		first = 0
	}
	return nil, nil, err
}

// split cuts an address into its host and its port.
func split(addr string) (host string, port int) {
	host, p, _ := net.SplitHostPort(addr)
	port, _ = strconv.Atoi(p)
	return host, port
}

// width returns how many cells the terminal has; 0 if there is none.
func width() int {
	n, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || os.Getenv("TERM") == "dumb" {
		return 0
	}
	return n
}
