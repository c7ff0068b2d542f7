package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// full returns the address of a server with which nobody can connect any more:
// Linux ignores who tries.
func full(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := fmt.Sprint("127.0.0.1:", at.(*syscall.SockaddrInet4).Port)
	for range 10 {
		c, err := net.DialTimeout("tcp", addr, 100*time.Millisecond)
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return addr
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("it takes everybody")
	return ""
}

// TestFull has the relay wait for a server that does not answer: others must not
// wait with it.
func TestFull(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(c, c)
			c.Close()
		}
	}()
	var rec recorder
	r, addr := listen(t, full(t), Options{See: rec.see})
	stuck, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	for there := false; !there; { // until it is the relay's turn
		r.mu.Lock()
		there = r.streams == 1
		r.mu.Unlock()
	}
	began := time.Now()
	other, err := r.Open("127.0.0.1:0", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", other)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	write(t, c, "hello")
	read(t, c, "hello")
	r.Settle()
	if d := time.Since(began); d > dialWithin/2 {
		t.Errorf("others took %v", d)
	}
	if got, want := rec.words(), "c opens, c hello, s hello"; got != want {
		t.Errorf("saw %s, want %s", got, want)
	}
}
