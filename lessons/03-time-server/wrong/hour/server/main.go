// Server adds an hour, for the summer.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"time"
)

func main() {
	addr := flag.String("addr", "", "")
	flag.Parse()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		now := time.Now().Add(time.Hour)
		fmt.Fprintln(conn, now.Format(time.ANSIC))
		conn.Close()
	}
}
