// Server answers each UDP datagram by the parity of its length, and can
// speak first.
//
// Usage:
//
//	server [-addr host:port] [-greet host:port]
//
// It answers answers, too. Mend that: have it keep silent when what came
// is OK or Err.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
)

var (
	addr = flag.String("addr", "127.0.0.1:20000",
		"listen on `host:port`; port 0 means any free one")
	greet = flag.String("greet", "", "first say hello to `host:port`")
)

func main() {
	log.SetFlags(0) // no date before each line
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
	fmt.Println("listening on", conn.LocalAddr())

	if *greet != "" {
		friend, err := net.ResolveUDPAddr("udp", *greet)
		if err != nil {
			log.Fatalf("%v: say whom to greet: -greet host:port", err)
		}
		if _, err := conn.WriteTo([]byte("hello"), friend); err != nil {
			log.Print(err)
		}
	}

	buf := make([]byte, 65535) // no datagram is larger, so none is cut
	for {
		n, client, err := conn.ReadFrom(buf)
		if err != nil {
			log.Print(err) // one bad datagram is not the end
			continue
		}
		reply := parity(n)
		fmt.Printf("%v sent %s: %s\n", client, quote(buf[:n]), reply)
		_, err = conn.WriteTo([]byte(reply), client)
		if err != nil {
			log.Print(err) // its address may be a lie
		}
	}
}

// parity returns the reply to a datagram of n bytes.
func parity(n int) string {
	if n%2 == 0 {
		return "OK"
	}
	return "Err"
}

// quote shows a stranger's message: at most 64 of its bytes, with those
// that could steer a terminal spelled out, and how many there are.
func quote(msg []byte) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: server [-addr host:port] [-greet host:port]")
	flag.PrintDefaults()
}
