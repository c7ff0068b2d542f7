// Client tries a range of ports on a machine.
//
// Usage:
//
//	client [-timeout duration] [-addr host:base]
//
// It tries all ports from base to base+150, over TCP, and prints those
// that are open.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

const last = 150 // the last one to try, counted from base

var (
	addr = flag.String("addr", "127.0.0.1:10000",
		"try `host:base` and what follows it")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for all ports; a fifth of it for what each says")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 0 {
		usage()
		os.Exit(2)
	}
	base, err := net.ResolveTCPAddr("tcp", *addr)
	if err != nil {
		log.Fatalf("%v: say where to look: -addr host:base", err)
	}

	states := make([]string, last+1)
	var all sync.WaitGroup
	for port := range states {
		at := *base
		at.Port += port
		all.Go(func() { states[port] = try(at.String()) })
	}
	all.Wait()
	for port, state := range states {
		if strings.HasPrefix(state, "open") {
			fmt.Println(port, state)
		}
	}
}

// try says what is at an address.
func try(addr string) string {
	conn, err := net.DialTimeout("tcp", addr, *timeout-*timeout/5)
	var e net.Error
	if errors.As(err, &e) && e.Timeout() {
		return "no answer"
	}
	if err != nil {
		return "closed"
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(*timeout / 5))
	buf := make([]byte, 65535)
	n, err := conn.Read(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "open, waits for us to speak"
	}
	if err != nil {
		return "open, hangs up"
	}
	return "open: " + quote(buf[:n])
}

// quote shows what came: at most 64 bytes of it, with those that could
// steer a terminal spelled out, and how many there are.
func quote(msg []byte) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: client [-timeout duration] [-addr host:base]")
	flag.PrintDefaults()
}
