// It puts both questions into one query.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"

	dns "golang.org/x/net/dns/dnsmessage"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:5300", "")
	flag.Parse()
	name := dns.MustNewName(flag.Arg(0) + ".")
	query := dns.Message{Header: dns.Header{ID: 4711}}
	for _, t := range []dns.Type{dns.TypeA, dns.TypeAAAA} {
		query.Questions = append(query.Questions,
			dns.Question{Name: name, Type: t, Class: dns.ClassINET})
	}
	packed, err := query.Pack()
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.Dial("udp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	conn.Write(packed)
	buf := make([]byte, 512)
	n, err := conn.Read(buf)
	fmt.Println(buf[:n], err)
}
