// Client says hello to a server, and prints what it answers.
//
// Usage:
//
//	client [-timeout duration] -addr host:port
//	client [-timeout duration] port
//
// A port alone is one of this machine.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"time"
)

const hello = "Hello, World!\n"

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
	target, ok := address()
	if !ok || *timeout <= 0 {
		usage()
		os.Exit(2)
	}

	conn, err := net.DialTimeout("tcp", target, *timeout)
	if err != nil {
		log.Fatalf("%v: is the server running, and is that its port?", err)
	}
	defer conn.Close()
	fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr())

	//weave:begin hello
	conn.SetDeadline(time.Now().Add(*timeout))
	if _, err := io.WriteString(conn, hello); err != nil {
		log.Fatalf("%v: has the server stopped?", err)
	}
	in := bufio.NewReader(io.LimitReader(conn, 1024)) // no endless line
	line, err := in.ReadString('\n')
	if err != nil {
		log.Fatalf("%v: it said %s and no newline", err, quote(line))
	}
	fmt.Println(conn.RemoteAddr(), "said", quote(line))
	//weave:end hello
}

// address returns the address to connect to. It is told in one of two
// ways, and ok is false if it is told in neither, or in both.
func address() (hostport string, ok bool) {
	host, port, args := "127.0.0.1", flag.Arg(0), 1
	if *addr != "" {
		host, port, _ = net.SplitHostPort(*addr) // rubbish has no port
		args = 0
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return net.JoinHostPort(host, port),
		err == nil && n > 0 && flag.NArg() == args
}

// quote shows a message: at most 64 of its bytes, with those that could
// steer a terminal spelled out, and how many there are.
func quote(msg string) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprint(os.Stderr,
		"usage: client [-timeout duration] -addr host:port\n",
		"       client [-timeout duration] port\n")
	flag.PrintDefaults()
}
