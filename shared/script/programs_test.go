package script

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// programs are the programs that the scripts start.
var programs = map[string]func(){
	"server": func() { server("127.0.0.1:20000") },
	"free":   func() { server("127.0.0.1:0") },
	"client": client,
	"puppet": func() { puppet("") },
	"mute":   func() { puppet("127.0.0.1:20000") }, // has an address, and does not listen
	"party":  party,
}

// parse reads the flags; the test's own are not among them.
func parse(addr string) (flags *flag.FlagSet, at *string) {
	flags = flag.NewFlagSet("", flag.ExitOnError)
	return flags, flags.String("addr", addr, "listen on `host:port`, or connect to it")
}

// server sends back what comes, over TCP. With -also, it has a second port
// that many further on.
func server(addr string) {
	flags, at := parse(addr)
	also := flags.Int("also", 0, "")
	flags.Parse(os.Args[1:])
	first, second := listenTwice(*at, *also)
	fmt.Println("listening on", first.Addr())
	if second != nil {
		fmt.Println("also: listening on", second.Addr())
	}
	for {
		conn, err := first.Accept()
		if err != nil {
			panic(err)
		}
		go echo(conn)
	}
}

func listenTwice(addr string, further int) (first, second net.Listener) {
	for range 100 { // the second port may be taken
		l, err := net.Listen("tcp", addr)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if further == 0 {
			return l, nil
		}
		host, port, _ := splitPort(l.Addr().String())
		n, _ := strconv.Atoi(port)
		l2, err := net.Listen("tcp", fmt.Sprint(host, ":", n+further))
		if err == nil {
			return l, l2
		}
		l.Close()
	}
	panic("no two ports are free")
}

func echo(conn net.Conn) {
	defer conn.Close()
	peer := conn.RemoteAddr()
	fmt.Println(peer, "connected")
	buf := make([]byte, 1024)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			fmt.Println(peer, "left")
			return
		}
		if err != nil {
			fmt.Println(peer, "broke off")
			return
		}
		fmt.Printf("%v sent %q\n", peer, buf[:n])
		conn.Write(buf[:n])
	}
}

// client sends each argument and prints what comes back.
func client() {
	flags, at := parse("127.0.0.1:20000")
	network := flags.String("network", "tcp", "")
	shy := flags.Bool("shy", false, "do not say from where")
	flags.Parse(os.Args[1:])
	conn, err := net.Dial(*network, *at)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if !*shy {
		fmt.Println("from", conn.LocalAddr(), "to", conn.RemoteAddr())
	}
	buf := make([]byte, 1024)
	for _, arg := range flags.Args() {
		conn.Write([]byte(arg))
		n, err := conn.Read(buf)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Printf("%q\n", buf[:n])
	}
}

// puppet does what its arguments say, one after the other.
func puppet(addr string) {
	flags, _ := parse(addr)
	flags.Parse(os.Args[1:])
	keyboard := bufio.NewReader(os.Stdin)
	for _, step := range flags.Args() {
		verb, arg, _ := strings.Cut(step, "=")
		text, err := strconv.Unquote(`"` + arg + `"`)
		if err != nil {
			panic(err)
		}
		switch verb {
		case "out":
			fmt.Print(text)
		case "err":
			fmt.Fprint(os.Stderr, text)
		case "cat":
			io.Copy(os.Stdout, keyboard)
		case "ask":
			fmt.Print("> ")
			line, err := keyboard.ReadString('\n')
			if err != nil {
				fmt.Println()
				return
			}
			fmt.Printf("you said %q\n", line)
		case "exit":
			status, _ := strconv.Atoi(arg)
			os.Exit(status)
		case "read":
			io.Copy(io.Discard, keyboard)
		case "hang":
			hang()
		case "flood":
			for {
				fmt.Println(text)
			}
		case "sigint": // say so, and wait for it
			stop := make(chan os.Signal, 1)
			signal.Notify(stop, os.Interrupt)
			fmt.Print(text)
			<-stop
		case "time": // now, or as much later
			d, _ := time.ParseDuration(arg)
			fmt.Println(time.Now().Add(d).Format(time.ANSIC))
		case "pid":
			fmt.Println("pid", os.Getpid())
		case "folder":
			dir, _ := os.Getwd()
			fmt.Println(filepath.Base(dir))
		case "files":
			n, _ := strconv.Atoi(arg)
			for range n {
				if _, err := os.Open(os.DevNull); err != nil {
					fmt.Println("too many")
					os.Exit(1)
				}
			}
		default:
			panic(verb)
		}
	}
}

// party is somebody's own program. It does what its arguments say, and the last
// two of them are -addr and an address.
func party() {
	n := len(os.Args) - 2
	addr := os.Args[n+1]
	var listener net.Listener
	var packets net.PacketConn
	var conn net.Conn
	var client net.Addr
	buf := make([]byte, 65535)
	must := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	var err error
	for _, step := range os.Args[1:n] {
		verb, arg, _ := strings.Cut(step, "=")
		text, bad := strconv.Unquote(`"` + arg + `"`)
		if bad != nil {
			panic(bad)
		}
		switch verb {
		case "out":
			fmt.Print(text)
		case "flood":
			for range 1 << 10 {
				fmt.Print(strings.Repeat(text, 1<<10))
			}
		case "env":
			dir, _ := os.Getwd()
			fmt.Println(os.Getenv("PYTHONUNBUFFERED"), filepath.Base(dir), os.Getenv("OURS"))
		case "tcp":
			listener, err = net.Listen("tcp", addr)
			must(err)
		case "linger":
			time.Sleep(100 * time.Millisecond)
		case "late": // not there at once
			go func() {
				time.Sleep(50 * time.Millisecond)
				listener, err = net.Listen("tcp", addr)
				must(err)
				conn, err = listener.Accept()
				must(err)
				conn.Write([]byte("hello"))
			}()
		case "udp":
			packets, err = net.ListenPacket("udp", addr)
			must(err)
		case "dial":
			conn, err = net.Dial(arg, addr)
			must(err)
		case "accept":
			conn, err = listener.Accept()
			must(err)
		case "read":
			_, err = conn.Read(buf)
			must(err)
		case "all":
			_, err = io.ReadAll(conn)
			must(err)
		case "write":
			conn.Write([]byte(text))
		case "time": // so far from now
			d, err := time.ParseDuration(arg)
			must(err)
			fmt.Fprint(conn, time.Now().Add(d).Format(time.ANSIC))
		case "receive":
			_, client, err = packets.ReadFrom(buf)
			must(err)
		case "answer":
			packets.WriteTo([]byte(text), client)
		case "reset":
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		case "close":
			conn.Close()
		case "unlisten":
			listener.Close()
		case "exit":
			status, _ := strconv.Atoi(arg)
			os.Exit(status)
		case "hang":
			select {
			case <-make(chan bool):
			case <-time.After(time.Minute):
			}
		default:
			panic(verb)
		}
	}
}

// hang waits for ever, at a line that seems to be in a lesson's main file, and
// prints ready once it does.
func hang() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		stack := make([]byte, 1<<16)
		for !bytes.Contains(stack, []byte("goroutine 1 [IO wait")) {
			stack = stack[:runtime.Stack(stack[:cap(stack)], true)]
		}
		fmt.Println("ready")
	}()
//line /course/puppet/main.go:40
	l.Accept()
}
