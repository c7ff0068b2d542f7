// It hangs up as soon as it has said what it has to say.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
)

var services = map[int]string{
	21: "220 course.test FTP server\r\n", 22: "SSH-2.0-BothEnds_1.0\r\n",
	25: "220 course.test ESMTP\r\n", 80: "", 110: "+OK POP3 server\r\n",
}

func main() {
	addr := flag.String("addr", "127.0.0.1:10000", "")
	flag.Parse()
	host, port, _ := net.SplitHostPort(*addr)
	base, _ := strconv.Atoi(port)
	for number, greeting := range services {
		at := net.JoinHostPort(host, strconv.Itoa(base+number))
		listener, err := net.Listen("tcp", at)
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			for {
				if conn, err := listener.Accept(); err == nil {
					io.WriteString(conn, greeting)
					conn.Close()
				}
			}
		}()
	}
	fmt.Println("all open")
	select {}
}
