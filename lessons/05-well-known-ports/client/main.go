// Client prints the well-known ports, and tries them on a machine.
//
// Usage:
//
//	client [-services file] [-timeout duration] [-addr host:base]
//	client [-services file] word ...
//
// It prints a table. With -addr it tries base+S for each port S of the
// table, and adds what it finds there. With words it prints no table,
// but the port of each name, and the names of each port.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"
)

var ports = []struct {
	number       int
	network, use string
}{
	{20, "tcp", "files: the data"}, {21, "tcp", "files: the commands"},
	{22, "tcp", "a terminal, encrypted"}, {23, "tcp", "a terminal"},
	{25, "tcp", "mail between servers"},
	{53, "tcp", "names: long answers"}, {53, "udp", "names"},
	{69, "udp", "files, the simple way"}, {80, "tcp", "the web"},
	{110, "tcp", "mail to take home"}, {123, "udp", "the time"},
	{143, "tcp", "mail to read there"},
	{443, "tcp", "the web, encrypted"},
	{465, "tcp", "mail to send, encrypted"}, {587, "tcp", "mail to send"},
	{993, "tcp", "mail to read there, encrypted"},
	{5432, "tcp", "a database: PostgreSQL"},
	{6379, "tcp", "a database: Redis"},
}

var (
	addr    = flag.String("addr", "", "try `host:base` + each port")
	timeout = flag.Duration("timeout", 5*time.Second,
		"wait for all ports; a fifth of it for what each says")
	file = flag.String("services", "/etc/services",
		"read the names of ports from `file`")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("client: ")
	flag.Usage = usage
	flag.Parse()
	if *addr != "" && flag.NArg() > 0 || *timeout <= 0 {
		usage()
		os.Exit(2)
	}
	names := readNames()
	for _, word := range flag.Args() {
		translate(word, names)
	}
	if flag.NArg() > 0 {
		return
	}

	states := make([]string, len(ports))
	if *addr != "" {
		tryAll(states)
	}
	//weave:begin table
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for i, p := range ports {
		key := fmt.Sprint(p.number, "/", p.network)
		name := append(names[key], "?")[0] // the first, if any
		fmt.Fprint(table, key, "\t", name, "\t", p.use, states[i], "\n")
	}
	table.Flush()
	//weave:end table
}

// readNames reads lines such as "http 80/tcp www # the web" from a file,
// and returns the names of each port: of "80/tcp", http and www.
func readNames() map[string][]string {
	text, err := os.ReadFile(*file)
	if err != nil {
		log.Printf("%v: ports will have no names", err)
	}
	names := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 1 {
			key := words[1]
			names[key] = append(append(names[key], words[0]), words[2:]...)
		}
	}
	return names
}

// translate prints the port of a name, or the names of a port.
func translate(word string, names map[string][]string) {
	tcp, udp := names[word+"/tcp"], names[word+"/udp"]
	port, err := net.LookupPort("ip", word)
	switch {
	case len(tcp)+len(udp) > 0:
		fmt.Printf("port %s: tcp %v, udp %v\n", word, tcp, udp)
	case err == nil && port > 0 && word != strconv.Itoa(port):
		fmt.Println(word, "is port", port)
	default:
		log.Fatalf("%q: unknown on this system", word)
	}
}

// tryAll tries all ports at once, and notes what is at each.
func tryAll(states []string) {
	base, err := net.ResolveTCPAddr("tcp", *addr)
	if err != nil {
		log.Fatalf("%v: say where to look: -addr host:base", err)
	}
	if base.IP != nil && !base.IP.IsLoopback() && !base.IP.IsUnspecified() {
		log.Printf("%v may not be this machine: trying other people's ports "+
			"without leave is taken for an attempt to break in", base.IP)
	}
	//weave:begin try
	var all sync.WaitGroup
	for i, p := range ports {
		at := *base
		at.Port += p.number
		all.Go(func() {
			states[i] = "\t" + try(p.network, at.String())
		})
	}
	all.Wait()
	//weave:end try
}

// try says what is at an address.
func try(network, addr string) string {
	conn, err := net.DialTimeout(network, addr, *timeout-*timeout/5)
	if err != nil {
		return failure(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(*timeout / 5))
	if network == "udp" {
		conn.Write([]byte("hello")) // nobody greets us over UDP
	}
	buf := make([]byte, 65535)
	n, err := conn.Read(buf)
	switch {
	case err == nil:
		return "open: " + quote(buf[:n])
	case network == "udp": // there is no connection that could be open
		return failure(err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "open, waits for us to speak"
	}
	return "open, hangs up"
}

// failure says what an error tells of a port, if need be in the system's
// own words.
func failure(err error) string {
	const windows = syscall.Errno(10061) // Windows' own number for it
	var e net.Error
	switch {
	case errors.As(err, &e) && e.Timeout():
		return "no answer"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, windows):
		return "closed"
	}
	for errors.Unwrap(err) != nil { // off with what Go put in front
		err = errors.Unwrap(err)
	}
	return err.Error()
}

// quote shows what came: at most 64 bytes of it, with those that could
// steer a terminal spelled out, and how many there are.
func quote(msg []byte) string {
	return fmt.Sprintf("%q (length %d)", msg[:min(len(msg), 64)], len(msg))
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: client [-services file] "+
		"[-timeout duration] [-addr host:base | word ...]")
	flag.PrintDefaults()
}
