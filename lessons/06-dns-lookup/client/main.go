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
	if flag.NArg() > 2 || *timeout <= 0 {
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
		if _, err := netip.ParseAddr(name); err != nil { // it is a name
			name = strings.TrimSuffix(name, ".") + "." // the whole name
		}
	}
	//weave:end resolver

	tcp, noTCP := resolver.LookupPort(ctx, "tcp", service)
	udp, noUDP := resolver.LookupPort(ctx, "udp", service)
	if noTCP != nil && noUDP != nil {
		log.Fatalf("%v: try domain, or a number", noTCP)
	}

	canonical = name // unless an alias leads elsewhere
	//weave:begin lookup
	addrs, no4 := resolver.LookupNetIP(ctx, "ip4", name)
	ip6, no6 := resolver.LookupNetIP(ctx, "ip6", name)
	addrs = append(addrs, ip6...)
	if len(addrs) == 0 || ctx.Err() != nil {
		if none(no6) {
			no6 = no4 // it may say more
		}
		fail(name, no6)
	}
	//weave:end lookup

	if *addr == "" {
		if found, _ := resolver.LookupCNAME(ctx, name); found != "" {
			canonical = found
		}
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

	status := 0
	for _, a := range shown {
		names, err := resolver.LookupAddr(ctx, a.String())
		var e *net.DNSError
		switch {
		case ctx.Err() != nil:
			fail(a.String(), nil)
		case errors.As(err, &e) && !e.IsNotFound:
			log.Printf("%v: %s: is the right server running?", a, e.Err)
			status = 1 // but the next may have a name
		case len(names) == 0:
			fmt.Println(a, "has no name")
		}
		for _, name := range names[:min(len(names), most)] {
			fmt.Println(a, "is called", quote(name))
		}
	}
	os.Exit(status)
}

// dial makes a socket for one question: to the server at -addr, whatever
// the system's own may be.
func dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, *addr)
	if udp, ok := conn.(*net.UDPConn); ok {
		return &peek{UDPConn: udp}, err
	}
	return conn, err
}

// A peek looks at each answer on its way to the resolver. LookupCNAME could
// say where an alias leads, but asks all over again, three things at once.
type peek struct {
	*net.UDPConn
	id string // of the question: its first two bytes
}

// Close keeps the socket: so each question comes from a port of its own.
func (p *peek) Close() error { return nil }

func (p *peek) Write(query []byte) (int, error) {
	p.id = string(query[:2])
	return p.UDPConn.Write(query)
}

func (p *peek) Read(buf []byte) (int, error) {
	n, err := p.UDPConn.Read(buf)
	var answer dns.Message
	if answer.Unpack(buf[:n]) != nil || string(buf[:2]) != p.id {
		return n, err // the resolver will know what to do with it
	}
	for range most { // in whatever order they stand, and not for ever
		for _, r := range answer.Answers {
			alias, ok := r.Body.(*dns.CNAMEResource)
			if ok && strings.EqualFold(r.Header.Name.String(), canonical) {
				canonical = alias.CNAME.String()
			}
		}
	}
	return n, err
}

// none reports whether an error means that there is nothing to be found.
func none(err error) bool {
	var e *net.DNSError
	return !errors.As(err, &e) || e.IsNotFound
}

// fail ends the client with one line. A DNSError would name the system's
// server, also where ours was asked.
func fail(name string, err error) {
	var e *net.DNSError
	switch {
	case err == nil || errors.As(err, &e) && e.IsTimeout:
		log.Fatal("no answer in time: is that the right server?")
	case e == nil:
		log.Fatal(err)
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
