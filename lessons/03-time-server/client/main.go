// Client asks a server for the time, by connecting to it.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration]
//
// It sends nothing. What the server sends until it hangs up is the time.
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

const most = 1024 // bytes to read: a time has 25

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

	//weave:begin read
	conn.SetDeadline(time.Now().Add(*timeout))
	text, err := io.ReadAll(io.LimitReader(conn, most)) // no endless tale
	if errors.Is(err, os.ErrDeadlineExceeded) {
		log.Fatalf("no end within %v, only %s: is that a time server?",
			*timeout, quote(text))
	}
	if err != nil {
		log.Fatalf("%v: only %s came", err, quote(text))
	}
	if len(text) == 0 || len(text) == most {
		log.Fatalf("%s is no time: is that a time server?", quote(text))
	}
	fmt.Println(quote(text))
	//weave:end read
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
