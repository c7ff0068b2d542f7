// Server answers before it has heard anything.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
)

func main() {
	addr := flag.String("addr", "", "")
	flag.Parse()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	conn, err := listener.Accept()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(conn, "The world never says hello back!")
	conn.Read(make([]byte, 1024))
}
