// Client asks a DNS server for the IPv4 address of a host, byte by byte.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration] name
//
// It puts the query together by itself (RFC 1035, section 4).
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

var (
	addr = flag.String("addr", "127.0.0.1:5300",
		"ask the DNS server at `host:port`")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for the answer")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() != 1 {
		usage()
		os.Exit(2)
	}

	query := []byte{
		0x12, 0x34, // the ID: any will do
		0x01, 0x00, // a query
		0, 1, // one question
		0, 0, 0, 0, 0, 0, // and nothing else
	}
	name := strings.TrimSuffix(flag.Arg(0), ".")
	for _, part := range strings.Split(name, ".") {
		query = append(query, byte(len(part)))
		query = append(query, part...)
	}
	query = append(query, 0) // the end of the name
	query = append(query, 0, 1, 0, 1)

	conn, err := net.DialTimeout("udp", *addr, *timeout)
	if err != nil {
		log.Fatalf("%v: say where the server is: -addr host:port", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(*timeout))
	fmt.Printf("query: %x\n", query)
	if _, err := conn.Write(query); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 65535)
	n, err := conn.Read(buf)
	if err != nil {
		log.Fatalf("%v: is the right server running?", err)
	}
	fmt.Printf("reply: %x\n", buf[:n])
	if n > len(query)+4 { // there is an answer, and its address comes last
		fmt.Println(net.IP(buf[n-4 : n]))
	}
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: client [-addr host:port] [-timeout duration] name")
	flag.PrintDefaults()
}
