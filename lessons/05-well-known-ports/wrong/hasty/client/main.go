// It looks every minute whether the ports are open, and leaves as soon as
// it is connected: it hears no greeting.
package main

import (
	"flag"
	"log"
	"net"
	"strconv"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:10000", "")
	flag.Parse()
	host, port, _ := net.SplitHostPort(*addr)
	base, _ := strconv.Atoi(port)
	for {
		for _, number := range []int{21, 25, 80, 6379} {
			at := net.JoinHostPort(host, strconv.Itoa(base+number))
			conn, err := net.Dial("tcp", at)
			if err != nil {
				log.Fatal(err)
			}
			conn.Close()
		}
		time.Sleep(time.Minute)
	}
}
