// Client asks a server for the time, by connecting to it.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration]
//
// It takes what the server sends until it hangs up. Have it stop at the
// newline, and hang up itself.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
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
	text, err := io.ReadAll(io.LimitReader(conn, 1024)) // no endless tale
	if errors.Is(err, os.ErrDeadlineExceeded) {
		log.Fatalf("no end within %v, only %s: is that a time server?",
			*timeout, quote(text))
	}
	if err != nil {
		log.Fatalf("%v: only %s came", err, quote(text))
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
