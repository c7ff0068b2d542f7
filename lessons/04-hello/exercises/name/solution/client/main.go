// Client says hello to a server, and prints what it answers.
//
// Usage:
//
//	client [-timeout duration] -addr host:port name
//
// Its hello has the name in it.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"
)

var (
	addr    = flag.String("addr", "", "connect to `host:port`")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for the connection, and for the answer")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if *addr == "" || flag.NArg() != 1 || *timeout <= 0 {
		usage()
		os.Exit(2)
	}

	conn, err := net.DialTimeout("tcp", *addr, *timeout)
	if err != nil {
		log.Fatalf("%v: is the server running, and is that its port?", err)
	}
	defer conn.Close()
	fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr())

	conn.SetDeadline(time.Now().Add(*timeout))
	hello := "Hello, World, this is " + flag.Arg(0) + "!\n"
	if _, err := io.WriteString(conn, hello); err != nil {
		log.Fatalf("%v: has the server stopped?", err)
	}
	in := bufio.NewReader(io.LimitReader(conn, 1024)) // no endless line
	line, err := in.ReadString('\n')
	if err != nil {
		log.Fatalf("%v: it said %s and no newline", err, quote(line))
	}
	fmt.Println(conn.RemoteAddr(), "said", quote(line))
}

// quote shows a message: at most 64 of its bytes, with those that could
// steer a terminal spelled out, and how many there are.
func quote(msg string) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: client [-timeout duration] -addr host:port name")
	flag.PrintDefaults()
}
