// Server answers OK over TCP until its client says close.
//
// Usage:
//
//	server [-addr host:port]
//
// A client that keeps silent keeps it from everybody else. Have it hang
// up on a client that has said nothing for a second.
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

var addr = flag.String("addr", "127.0.0.1:65432",
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
		serve(conn) // and only then accept another
	}
}

// serve answers one client until it says close, or leaves.
func serve(conn net.Conn) {
	defer conn.Close()
	client := conn.RemoteAddr()
	fmt.Println(client, "connected")

	buf := make([]byte, 1024)
	for {
		n, err := conn.Read(buf) // what one Read returns is a message
		if errors.Is(err, io.EOF) {
			fmt.Println(client, "left")
			return
		}
		if err != nil {
			log.Print(err) // it broke off: the next is waiting
			return
		}
		reply := "OK"
		if string(buf[:n]) == "close" {
			reply = "bye"
		}
		fmt.Printf("%v sent %s: %s\n", client, quote(buf[:n]), reply)
		if _, err := conn.Write([]byte(reply)); err != nil {
			log.Print(err)
			return
		}
		if reply == "bye" {
			return // Close, deferred above, hangs up
		}
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
