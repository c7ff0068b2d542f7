// Client asks a server for the time, by connecting to it.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration]
//
// It takes what the server sends up to the newline, and hangs up.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

var (
	addr = flag.String("addr", "127.0.0.1:10000",
		"connect to `host:port`")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for the connection, and for the time")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 0 || *timeout <= 0 {
		usage()
		os.Exit(2)
	}

	conn, err := net.DialTimeout("tcp", *addr, *timeout)
	if err != nil {
		log.Fatalf("%v: is a server running there?", err)
	}
	defer conn.Close()
	fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr())

	conn.SetDeadline(time.Now().Add(*timeout))
	var text []byte
	buf := make([]byte, 1024)
	for !strings.Contains(string(text), "\n") && len(text) < 1024 {
		n, err := conn.Read(buf)
		text = append(text, buf[:n]...)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			log.Fatalf("no line within %v, only %s: is that a time server?",
				*timeout, quote(text))
		}
		if err != nil {
			log.Fatalf("%v: only %s came", err, quote(text))
		}
	}
	if !strings.Contains(string(text), "\n") {
		log.Fatalf("%s is no time: is that a time server?", quote(text))
	}
	fmt.Println(quote(text))
}

// quote shows a message: at most 64 of its bytes, with those that could
// steer a terminal spelled out, and how many there are.
func quote(msg []byte) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: client [-addr host:port] [-timeout duration]")
	flag.PrintDefaults()
}
