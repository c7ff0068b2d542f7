// Server has one conversation, and ends.
//
// Usage:
//
//	server [-addr host:port]
//
// It prints the line that its client sends, and answers it. Unless it
// is told a port, it listens on one that the system picks. Have it take
// in three clients, one after another, and only then end.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

const answer = "The world never says hello back!\n"

var addr = flag.String("addr", "127.0.0.1:0",
	"listen on `host:port`; port 0 means any free one")

func main() {
	log.SetFlags(0)
	log.SetPrefix("server: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 0 {
		usage()
		os.Exit(2)
	}

	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatalf("%v: choose another, such as -addr 127.0.0.1:0, "+
			"or stop the program that has it", err)
	}
	fmt.Println("listening on", listener.Addr())

	conn, err := listener.Accept()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	listener.Close() // one conversation: nobody else gets in

	in := bufio.NewReader(io.LimitReader(conn, 1024)) // no endless line
	line, err := in.ReadString('\n')
	if err != nil {
		log.Fatalf("%v: %v said %s and no newline",
			err, conn.RemoteAddr(), quote(line))
	}
	fmt.Println(conn.RemoteAddr(), "said", quote(line))
	if _, err := io.WriteString(conn, answer); err != nil {
		log.Fatal(err)
	}
}

// quote shows a stranger's message: at most 64 of its bytes, with those
// that could steer a terminal spelled out, and how many there are.
func quote(msg string) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server [-addr host:port]")
	flag.PrintDefaults()
}
