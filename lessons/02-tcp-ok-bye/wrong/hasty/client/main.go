// Client sends all its messages at once, and only then looks for answers.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration] [message ...]
//
// Without messages, each line of its input is one. That it does not wait
// is a mistake: nothing tells the server where one message ends.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
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
	messages := flag.Args()
	if len(messages) == 0 {
		input, _ := io.ReadAll(os.Stdin)
		messages = strings.Split(strings.TrimSpace(string(input)), "\n")
	}

	conn, err := net.DialTimeout("tcp", *addr, *timeout)
	if err != nil {
		log.Fatalf("%v: is a server running there?", err)
	}
	defer conn.Close()
	fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr())

	//weave:begin hasty
	for _, msg := range messages {
		if _, err := conn.Write([]byte(msg)); err != nil {
			log.Fatalf("%v: has the server stopped?", err)
		}
		fmt.Printf("sent %q\n", msg)
	}
	buf := make([]byte, 1024)
	for range messages { // an answer to each?
		conn.SetDeadline(time.Now().Add(*timeout))
		n, err := conn.Read(buf)
		if err != nil {
			log.Fatalf("%v: one answer too few", err)
		}
		fmt.Printf("%q\n", buf[:min(n, 64)])
	}
	//weave:end hasty
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: client [-addr host:port] [-timeout duration] [message ...]")
	flag.PrintDefaults()
}
