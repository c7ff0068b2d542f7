// Client prints the addresses of a host, as getaddrinfo lists them, and
// the names of those addresses.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration] [name [service]]
//
// It asks the system, or the DNS server at -addr. Without a name it looks
// up this machine's own or, at a DNS server, www.course.test.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	dns "golang.org/x/net/dns/dnsmessage"
)

var (
	addr = flag.String("addr", "",
		"ask the DNS server at `host:port`; none: the system")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for all answers together")
)

const most = 4 // addresses to show: a server may send thousands

var canonical string // the name that the host itself goes by

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 2 {
		usage()
		os.Exit(2)
	}
	name, service := flag.Arg(0), flag.Arg(1)
	if name == "" && *addr != "" {
		name = "www.course.test"
	} else if name == "" {
		name, _ = os.Hostname()
		fmt.Printf("this machine is called %q\n", name)
	}
	if service == "" {
		service = "domain"
	}

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()

	//weave:begin resolver
	resolver := net.DefaultResolver
	if *addr != "" {
		resolver = &net.Resolver{PreferGo: true, Dial: dial}
		if _, err := netip.ParseAddr(name); err != nil { // no address
			name = strings.TrimSuffix(name, ".") + "." // the whole name
		}
	}
	//weave:end resolver

	tcp, noTCP := resolver.LookupPort(ctx, "tcp", service)
	udp, noUDP := resolver.LookupPort(ctx, "udp", service)
	if noTCP != nil && noUDP != nil {
		log.Fatalf("%v: try domain, or a number", noTCP)
	}

	//weave:begin lookup
	addrs, _ := resolver.LookupNetIP(ctx, "ip4", name)
	ip6, err := resolver.LookupNetIP(ctx, "ip6", name)
	if addrs = append(addrs, ip6...); len(addrs) == 0 {
		fail(name, err)
	}
	//weave:end lookup

	if *addr == "" {
		canonical, _ = resolver.LookupCNAME(ctx, name)
	}
	if canonical == "" {
		canonical = name // no alias led elsewhere
	}
	fmt.Println("canonical name:", quote(canonical))

	const row = "%-6s  %-6s  %-8s  %-5v  %v\n"
	fmt.Printf(row, "family", "type", "protocol", "port", "address")
	shown := addrs[:min(len(addrs), most)]
	for i, a := range shown {
		shown[i] = a.Unmap() // IPv4 may come dressed up as IPv6
		family := "IPv4"
		if shown[i].Is6() {
			family = "IPv6"
		}
		if noTCP == nil {
			fmt.Printf(row, family, "STREAM", "TCP", tcp, shown[i])
		}
		if noUDP == nil {
			fmt.Printf(row, family, "DGRAM", "UDP", udp, shown[i])
		}
	}
	if more := len(addrs) - len(shown); more > 0 {
		fmt.Println("and", more, "more addresses")
	}

	for _, a := range shown {
		names, err := resolver.LookupAddr(ctx, a.String())
		var e *net.DNSError
		if errors.As(err, &e) && !e.IsNotFound {
			fail(a.String(), err)
		}
		if len(names) == 0 {
			fmt.Println(a, "has no name")
		}
		for _, name := range names[:min(len(names), most)] {
			fmt.Println(a, "is called", quote(name))
		}
	}
}

// dial makes a socket for one question: to the server at -addr, whatever
// the system's own may be.
func dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, *addr)
	if udp, ok := conn.(*net.UDPConn); ok {
		return peek{udp}, err
	}
	return conn, err
}

// A peek looks at each answer on its way to the resolver, which does not
// tell where an alias leads.
type peek struct{ *net.UDPConn }

func (p peek) Close() error { return nil } // no two get the same port

func (p peek) Read(buf []byte) (int, error) {
	n, err := p.UDPConn.Read(buf)
	var answer dns.Message
	if err == nil && answer.Unpack(buf[:n]) == nil {
		for _, r := range answer.Answers {
			if alias, ok := r.Body.(*dns.CNAMEResource); ok {
				canonical = alias.CNAME.String()
			}
		}
	}
	return n, err
}

// fail ends the client with one line. A DNSError would name the system's
// server, also where ours was asked.
func fail(name string, err error) {
	var e *net.DNSError
	switch {
	case !errors.As(err, &e):
		log.Fatal(err)
	case e.IsTimeout:
		log.Fatalf("no answer within %v: is that the right server?", *timeout)
	case e.IsNotFound:
		log.Fatalf("%s: no such host, or it has no address", quote(name))
	}
	log.Fatalf("%s: %s: is the right server running?", quote(name), e.Err)
}

// quote shows a stranger's name, with those bytes that could steer a
// terminal spelled out; if it is long, 64 of its bytes and its length.
func quote(name string) string {
	if len(name) > 64 {
		return fmt.Sprintf("%q (length %d)", name[:64], len(name))
	}
	return fmt.Sprintf("%q", name)
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: client [-addr host:port] "+
		"[-timeout duration] [name [service]]")
	flag.PrintDefaults()
}
