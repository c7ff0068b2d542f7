// Server has one conversation over UDP, and ends.
//
// Usage:
//
//	server [-addr host:port]
//
// It prints the datagram that comes, and answers it.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
)

const answer = "Ciao client!"

var addr = flag.String("addr", "127.0.0.1:7000",
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

	conn, err := net.ListenPacket("udp", *addr)
	if err != nil {
		log.Fatalf("%v: choose another, such as -addr 127.0.0.1:0, "+
			"or stop the program that has it", err)
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())

	buf := make([]byte, 65535) // no datagram is larger, so none is cut
	n, client, err := conn.ReadFrom(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client, "said", quote(buf[:n]))
	if _, err := conn.WriteTo([]byte(answer), client); err != nil {
		log.Fatal(err)
	}
}

// quote shows a stranger's message: at most 64 of its bytes, with those
// that could steer a terminal spelled out, and how many there are.
func quote(msg []byte) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server [-addr host:port]")
	flag.PrintDefaults()
}
