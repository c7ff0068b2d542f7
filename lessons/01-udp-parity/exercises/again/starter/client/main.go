// Client sends UDP datagrams and prints the reply to each.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration] [message ...]
//
// Each message is sent as one datagram; without any, each line typed.
// When no reply comes, it gives up. Have it send the message once more
// first, and wait as long again.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

var (
	addr    = flag.String("addr", "127.0.0.1:20000", "send to `host:port`")
	timeout = flag.Duration("timeout", time.Second, "wait for a reply")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if *timeout <= 0 {
		usage()
		os.Exit(2)
	}

	conn, err := net.DialTimeout("udp", *addr, *timeout)
	if err != nil {
		log.Fatalf("%v: say where the server is: -addr host:port", err)
	}
	defer conn.Close()
	fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr())

	if flag.NArg() > 0 {
		for _, msg := range flag.Args() {
			ask(conn, msg)
		}
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	for fmt.Print("> "); lines.Scan(); fmt.Print("> ") {
		ask(conn, lines.Text())
	}
	fmt.Println() // Ctrl-D leaves the cursor behind the prompt
	if err := lines.Err(); err != nil {
		log.Fatalf("%v: send shorter lines", err)
	}
}

// ask sends one datagram, waits for the reply and prints both.
func ask(conn net.Conn, msg string) {
	conn.SetDeadline(time.Now().Add(*timeout))
	if _, err := conn.Write([]byte(msg)); err != nil {
		log.Fatalf("%v: is it too long for a datagram?", err)
	}
	buf := make([]byte, 65535) // as large as a datagram can be
	n, err := conn.Read(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		log.Fatalf("no reply within %v: is the right server running?",
			*timeout)
	}
	if err != nil {
		log.Fatalf("%v: is the right server running?", err)
	}
	fmt.Printf("%s: %v replied %s\n",
		quote([]byte(msg)), conn.RemoteAddr(), quote(buf[:n]))
}

// quote shows a message: at most 64 of its bytes, with those that could
// steer a terminal spelled out, and how many there are.
func quote(msg []byte) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: client [-addr host:port] [-timeout duration] [message ...]")
	flag.PrintDefaults()
}
