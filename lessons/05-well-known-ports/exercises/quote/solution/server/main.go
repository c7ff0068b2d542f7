// Server stands in for a whole machine: it opens several well-known
// services at once.
//
// Usage:
//
//	server [-addr host:base]
//
// The service with port S listens at base+S, so that nobody needs
// privileges. One of them is the quote of the day (RFC 865).
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"time"
)

const quote = "A port is a number that picks a program.\r\n"

// Over TCP, a service greets whoever connects, or says nothing and waits
// for the client to speak. Over UDP, where nobody connects, it answers.
var services = []struct {
	name, network string
	port          int
	says          string
}{
	{"qotd", "tcp", 17, quote}, {"qotd", "udp", 17, quote},
	{"ftp", "tcp", 21, "220 course.test FTP server\r\n"},
	{"ssh", "tcp", 22, "SSH-2.0-BothEnds_1.0\r\n"},
	{"smtp", "tcp", 25, "220 course.test ESMTP\r\n"},
	{"tftp", "udp", 69, "\x00\x05\x00\x04Illegal TFTP operation\x00"},
	{"http", "tcp", 80, ""},
	{"pop3", "tcp", 110, "+OK POP3 server\r\n"},
}

var addr = flag.String("addr", "127.0.0.1:10000",
	"listen on `host:base` + each port; base 0 means any free one")

func main() {
	log.SetFlags(0)
	log.SetPrefix("server: ")
	flag.Usage = usage
	flag.Parse()
	base, err := net.ResolveTCPAddr("tcp", *addr)
	if err != nil || flag.NArg() > 0 {
		usage()
		os.Exit(2)
	}

	sockets, lines, err := open(*base)
	if err != nil {
		log.Fatalf("%v: choose another base, such as "+
			"-addr 127.0.0.1:0, or stop the program that has it", err)
	}
	fmt.Print(lines) // all of them, before anybody comes
	for i, s := range services {
		switch socket := sockets[i].(type) {
		case net.Listener:
			go greet(socket, s.name, s.says)
		case net.PacketConn:
			go answer(socket, s.name, s.says)
		}
	}
	select {} // wait for ever, while they serve
}

// open opens the sockets of all services, or none, and says where.
func open(base net.TCPAddr) (all []io.Closer, lines string, err error) {
	if base.Port == 0 { // one of these will do
		for tries := 100; tries > 0 && all == nil; tries-- {
			base.Port = 10000 + 100*rand.IntN(160)
			all, lines, err = open(base)
		}
		return all, lines, err
	}
	lines = fmt.Sprintln("listening on", &base)
	for _, s := range services {
		at, socket := base, io.Closer(nil)
		at.Port += s.port
		if s.network == "udp" {
			socket, err = net.ListenPacket("udp", at.String())
		} else {
			socket, err = net.Listen("tcp", at.String())
		}
		if err != nil {
			for _, other := range all {
				other.Close()
			}
			return nil, "", err
		}
		all = append(all, socket)
		lines += fmt.Sprintln(s.name, "listening on", &at)
	}
	return all, lines, nil
}

// greet greets whoever connects, and waits for none of them.
func greet(listener net.Listener, name, greeting string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			time.Sleep(time.Second / 10) // too many? some will leave
			continue
		}
		fmt.Println(conn.RemoteAddr(), "connected to", name)
		go func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(5 * time.Second))
			io.WriteString(conn, greeting)
			if name != "qotd" { // which has no more to say
				io.Copy(io.Discard, conn) // until it leaves
			}
		}()
	}
}

// answer answers every datagram except an error such as its own.
func answer(conn net.PacketConn, name, reply string) {
	buf := make([]byte, 65535)
	for {
		n, client, err := conn.ReadFrom(buf)
		if err != nil {
			log.Print(err) // one bad datagram is not the end
			continue
		}
		fmt.Println(client, "sent a datagram to", name)
		if n < 2 || buf[1] != 5 { // an error like ours gets no answer
			conn.WriteTo([]byte(reply), client)
		}
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server [-addr host:base]")
	flag.PrintDefaults()
}
