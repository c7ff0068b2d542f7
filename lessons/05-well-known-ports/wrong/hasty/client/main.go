// It leaves as soon as it is connected, and hears no greeting.
package main

import (
	"flag"
	"fmt"
	"net"
	"strconv"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:10000", "")
	flag.Parse()
	host, port, _ := net.SplitHostPort(*addr)
	base, _ := strconv.Atoi(port)
	for _, number := range []int{21, 22, 25, 80, 110, 5432, 6379} {
		at := net.JoinHostPort(host, strconv.Itoa(base+number))
		if conn, err := net.Dial("tcp", at); err == nil {
			conn.Close()
			fmt.Println(number, "open")
		}
	}
}
