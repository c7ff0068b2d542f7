// Server tells everyone who connects a quotation, one after the other.
//
// Usage:
//
//	server [-addr host:port]
//
// After the last comes the first again.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

var addr = flag.String("addr", "127.0.0.1:10000",
	"listen on `host:port`; port 0 means any free one")

var quotations = []string{
	"A socket is one end of a conversation.",
	"Two that listen hear nothing.",
	"The end of the stream is news, too.",
}

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

	next := 0
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err) // no room for another socket, perhaps
			time.Sleep(time.Second / 10)
			continue
		}
		tell(conn, quotations[next])
		next = (next + 1) % len(quotations)
	}
}

// tell sends a quotation and hangs up.
func tell(conn net.Conn, text string) {
	defer conn.Close()
	fmt.Printf("%v connected: %s\n", conn.RemoteAddr(), text)
	if _, err := fmt.Fprintln(conn, text); err != nil {
		log.Print(err) // it did not stay to hear it
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server [-addr host:port]")
	flag.PrintDefaults()
}
