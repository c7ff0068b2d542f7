// Client prints the addresses of a host.
//
// Usage:
//
//	client [-addr host:port] [-timeout duration] [name]
//
// It asks the DNS server for the IPv4 and the IPv6 addresses at once.
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
	"sync"
	"time"
)

var (
	addr = flag.String("addr", "127.0.0.1:5300",
		"ask the DNS server at `host:port`")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for all answers together")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 1 {
		usage()
		os.Exit(2)
	}
	name := flag.Arg(0)
	if name == "" {
		name = "www.course.test"
	}
	name = strings.TrimSuffix(name, ".") + "." // the whole name

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	var d net.Dialer
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, *addr)
	}
	resolver := &net.Resolver{PreferGo: true, Dial: dial}

	var four, six []netip.Addr
	var err4, err6 error
	var all sync.WaitGroup
	all.Go(func() { four, err4 = resolver.LookupNetIP(ctx, "ip4", name) })
	all.Go(func() { six, err6 = resolver.LookupNetIP(ctx, "ip6", name) })
	all.Wait()

	report(four, err4)
	report(six, err6)
}

// report prints the addresses that were found, or why there are none.
func report(addrs []netip.Addr, err error) {
	var e *net.DNSError
	switch {
	case errors.As(err, &e) && e.IsNotFound:
		fmt.Println("none")
	case err != nil:
		log.Print(err)
	}
	for _, a := range addrs {
		fmt.Println(a.Unmap()) // IPv4 may come dressed up as IPv6
	}
}

func usage() {
	fmt.Fprintln(os.Stderr,
		"usage: client [-addr host:port] [-timeout duration] [name]")
	flag.PrintDefaults()
}
