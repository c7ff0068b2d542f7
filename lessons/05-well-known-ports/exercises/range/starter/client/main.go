// Client tries the well-known ports on a machine.
//
// Usage:
//
//	client [-timeout duration] [-addr host:base]
//
// It tries base+S for each port S of its table. Have it try all ports
// from base to base+150, over TCP, in the table or not, and print only
// those that are open.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"sync"
	"time"
)

var ports = []int{20, 21, 22, 23, 25, 53, 80, 110, 143, 443, 465, 587,
	993, 5432, 6379}

var (
	addr = flag.String("addr", "127.0.0.1:10000",
		"try `host:base` + each port")
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

	states := make([]string, len(ports))
	var all sync.WaitGroup
	for i, port := range ports {
		at := *base
		at.Port += port
		all.Go(func() { states[i] = try(at.String()) })
	}
	all.Wait()
	for i, port := range ports {
		fmt.Println(port, states[i])
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
