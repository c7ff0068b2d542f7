package main

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A door is a listener through which come the connections that are sent to it.
type door chan net.Conn

func (d door) Accept() (net.Conn, error) {
	conn, ok := <-d
	if !ok {
		runtime.Goexit() // the test is over, and greet never returns
	}
	return conn, nil
}

func (d door) Close() error   { return nil }
func (d door) Addr() net.Addr { return nil }

// A visitor that keeps silent, or does not even read, is left after five seconds.
func TestPatience(t *testing.T) {
	for name, greeting := range map[string]string{"silent": "", "deaf": "hello"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := make(door)
				go greet(d, "test", greeting)
				ours, theirs := net.Pipe()
				d <- ours
				close(d)
				time.Sleep(6 * time.Second)
				theirs.SetDeadline(time.Now().Add(time.Second))
				if n, err := theirs.Read(make([]byte, 8)); n > 0 || err != io.EOF {
					t.Errorf("after six seconds it is still there: %v", err)
				}
				theirs.Close()
			})
		})
	}
}

// If one port is taken, it lets go of the others.
func TestAllOrNone(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux is all of 127.0.0.0/8 this machine")
	}
	sockets, lines, err := open(net.TCPAddr{IP: net.IPv4(127, 0, 0, 55)})
	if err != nil {
		t.Fatal(err)
	}
	last := len(sockets) - 1
	for _, socket := range sockets[:last] {
		socket.Close()
	}
	defer sockets[last].Close()
	_, addr, _ := strings.Cut(strings.Split(lines, "\n")[0], "on ")
	base, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, _, err := open(*base)
		if err == nil || !strings.Contains(err.Error(), sockets[last].(net.Listener).Addr().String()) {
			t.Errorf("%v, and taken is %v", err, sockets[last].(net.Listener).Addr())
		}
	}
}
