// Client sends what is typed over TCP and prints the answers, until bye.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration]
//
// At the end of its input it leaves without a word. Have it say close
// first, and wait for the answer.
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
	addr = flag.String("addr", "127.0.0.1:65432",
		"connect to `host:port`")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for the connection, and for each answer")
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

	lines := bufio.NewScanner(os.Stdin)
	for fmt.Print("> "); lines.Scan(); fmt.Print("> ") {
		msg := lines.Text()
		if msg == "" {
			continue // TCP carries bytes, and here are none
		}
		if ask(conn, msg) == "bye" {
			return
		}
	}
	fmt.Println() // Ctrl-D leaves the cursor behind the prompt
	if err := lines.Err(); err != nil {
		log.Fatalf("%v: send shorter lines", err)
	}
}

// ask sends one message, prints the answer and returns it.
func ask(conn net.Conn, msg string) string {
	conn.SetDeadline(time.Now().Add(*timeout))
	if _, err := conn.Write([]byte(msg)); err != nil {
		log.Fatalf("%v: has the server stopped?", err)
	}
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		log.Fatalf("no answer within %v: "+
			"is the server busy with another client?", *timeout)
	}
	if err != nil {
		log.Fatalf("%v: has the server stopped?", err)
	}
	fmt.Println(quote(buf[:n]))
	return string(buf[:n])
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
