// Server tells everyone who connects the time.
//
// Usage:
//
//	server [-addr host:port]
//
// It speaks first and reads nothing: to each connection it sends one
// line with the local time, closes it and goes on. Ctrl-C stops it.
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

	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err) // no room for another socket, perhaps
			time.Sleep(time.Second / 10)
			continue
		}
		tell(conn)
	}
}

// tell sends the time and hangs up.
func tell(conn net.Conn) {
	defer conn.Close()
	now := time.Now().Format(time.ANSIC)
	fmt.Printf("%v connected: %s\n", conn.RemoteAddr(), now)
	if _, err := fmt.Fprintln(conn, now); err != nil {
		log.Print(err) // it did not stay to hear it
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server [-addr host:port]")
	flag.PrintDefaults()
}
