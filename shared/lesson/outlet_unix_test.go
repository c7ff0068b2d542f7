//go:build unix

package lesson

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// A screen is what a program has printed.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestDrain has a program print and then send, again and again: whenever
// something has arrived, what was printed before is there.
func TestDrain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const times = 500
	cmd := program("say=" + l.Addr().String())
	var out screen
	cmd.Stdout = &out
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i := range times {
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		p.Drain()
		if want := fmt.Sprintf("line %d\n", i); !strings.HasSuffix(out.String(), want) {
			t.Fatalf("the program had printed %q, and it was not there", want)
		}
		conn.Write([]byte{0})
	}
	conn.Close()
	if err := p.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	p.Drain() // nothing is left, and that is no fault
}
