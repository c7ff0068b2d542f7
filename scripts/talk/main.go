// Talk sends what is typed, byte by byte as it is meant, and shows what comes.
//
// Usage:
//
//	talk [-hex] tcp|udp HOST:PORT [TEXT ...]
//	talk [-hex] -listen tcp|udp HOST:PORT
//
// A line is sent as it stands, without its end: over TCP it is one write, over
// UDP one datagram. In it, \n is a newline, \xff a byte, \\ a backslash, and the
// rest as in Go. The end of the input (Ctrl-D) says to the other end that no
// more will be sent; what still comes is shown. Over UDP nobody can be told, so
// what comes within a second is shown.
//
// TEXTs are sent in place of typed lines, each when something has come upon the
// one before, or nothing for a second.
//
// With -listen, it waits for one client, and talks to that; over UDP, to whoever
// sent the last datagram.
package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"bothends/shared/console"
)

var ( // variables for the tests
	patience = time.Second // with the answer to a text
	grace    = time.Second // for what comes over UDP behind the last line typed
)

var (
	listen = flag.Bool("listen", false, "wait for a client")
	inHex  = flag.Bool("hex", false, "show what comes in hexadecimal")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("talk: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() < 2 || flag.NArg() > 2 && *listen || flag.Arg(0) != "tcp" && flag.Arg(0) != "udp" {
		usage()
		os.Exit(2)
	}
	conn, err := meet(flag.Arg(0), flag.Arg(1))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	came := make(chan struct{}, 1)
	ended := make(chan struct{})
	go func() {
		if err := show(conn, came); err != nil {
			log.Fatal(err) // also while somebody types
		}
		close(ended)
		close(came)
	}()
	if texts := flag.Args()[2:]; len(texts) > 0 {
		say(conn, texts, came)
		grace /= 100 // they have had their answers
	} else {
		sendTyped(conn)
	}
	wait := time.After(grace)
	if c, ok := conn.(*net.TCPConn); ok {
		c.CloseWrite()
		wait = nil // for the end, however long that takes
	}
	select {
	case <-ended:
	case <-wait:
	}
	if refused.Load() {
		os.Exit(1)
	}
}

var refused atomic.Bool // a datagram was

func usage() {
	fmt.Fprintln(os.Stderr, "usage: talk [-hex] tcp|udp HOST:PORT [TEXT ...]")
	fmt.Fprintln(os.Stderr, "       talk [-hex] -listen tcp|udp HOST:PORT")
	flag.PrintDefaults()
}

// meet connects to an address, or waits there for a client.
func meet(network, addr string) (net.Conn, error) {
	switch {
	case !*listen:
		conn, err := net.Dial(network, addr)
		if err == nil {
			fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr())
		}
		return conn, err
	case network == "udp":
		at, err := net.ResolveUDPAddr(network, addr)
		if err != nil {
			return nil, err
		}
		conn, err := net.ListenUDP(network, at)
		if err != nil {
			return nil, err
		}
		fmt.Println("listening on", conn.LocalAddr())
		return &host{UDPConn: conn}, nil
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	fmt.Println("listening on", l.Addr())
	conn, err := l.Accept()
	if err == nil {
		fmt.Println(conn.RemoteAddr(), "connected")
	}
	return conn, err
}

// A host is a UDP socket that talks to whoever sent last.
type host struct {
	*net.UDPConn
	mu   sync.Mutex
	from net.Addr
}

func (h *host) Read(b []byte) (int, error) {
	n, from, err := h.ReadFrom(b)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil && (h.from == nil || h.from.String() != from.String()) {
		h.from = from
		fmt.Println("from", from)
	}
	return n, err
}

func (h *host) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.from == nil {
		return 0, errors.New("nobody to talk to: wait until somebody has sent something")
	}
	return h.WriteTo(b, h.from)
}

// sendTyped sends each line that is typed, up to the end of the input.
func sendTyped(conn net.Conn) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if !send(conn, lines.Text()) {
			return
		}
	}
	if err := lines.Err(); err != nil {
		log.Print(err)
	}
}

// say sends one text after another, each when something has come upon the one
// before, or nothing for a second.
func say(conn net.Conn, texts []string, came <-chan struct{}) {
	for _, text := range texts {
		fmt.Println(">", text)
		select {
		case <-came: // upon nothing of ours
		default:
		}
		if !send(conn, text) {
			return
		}
		select {
		case <-came:
		case <-time.After(patience):
		}
	}
}

// send sends what a line stands for. It reports whether the connection is there.
func send(conn net.Conn, line string) bool {
	b, err := console.Bytes(line)
	if err != nil {
		log.Printf(`%q: a backslash begins \n, \t, \xff or \\`, line)
		return true
	}
	_, err = conn.Write(b)
	if errors.Is(err, syscall.ECONNREFUSED) { // that was news of the one before: this one has not left
		log.Print(err)
		refused.Store(true)
		_, err = conn.Write(b)
	}
	_, stream := conn.(*net.TCPConn)
	switch {
	case errors.Is(err, net.ErrClosed):
		return false
	case err != nil && stream:
		log.Fatal(err) // nothing will get through any more
	case err != nil:
		log.Print(err)
	}
	return true
}

// show shows what comes, a line for each read, up to the end, and tells came.
func show(conn net.Conn, came chan<- struct{}) error {
	buf := make([]byte, 65535)
	for {
		n, err := conn.Read(buf)
		if errors.Is(err, io.EOF) {
			fmt.Println("the other end sends no more")
			return nil
		}
		switch _, stream := conn.(*net.TCPConn); {
		case err == nil && *inHex:
			fmt.Printf("(length %d)\n%s", n, hex.Dump(buf[:n]))
		case err == nil:
			fmt.Printf("%q (length %d)\n", buf[:n], n)
		case errors.Is(err, net.ErrClosed):
			return nil // by us
		case stream:
			return err
		default: // nobody was there; somebody may come
			log.Print(err)
			refused.Store(true)
		}
		select {
		case came <- struct{}{}:
		default: // it has been told
		}
	}
}
