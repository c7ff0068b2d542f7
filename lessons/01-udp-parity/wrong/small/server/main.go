// Server gives a datagram 16 bytes of room. What is longer is cut.
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
	conn, err := net.ListenPacket("udp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", conn.LocalAddr())
	buf := make([]byte, 16)
	for {
		n, client, _ := conn.ReadFrom(buf)
		reply := "Err"
		if n%2 == 0 {
			reply = "OK"
		}
		conn.WriteTo([]byte(reply), client)
	}
}
