package script

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"

	"bothends/shared/lesson/lessontest"
)

func TestBlock(t *testing.T) {
	lessontest.Slow(t)
	playAll(t, []test{
		{"nobody", `
block 127.0.0.1:20000 7
! run client -addr 127.0.0.1:20007
stdout ' 127.0.0.1:20007: '
run puppet 'out=127.0.0.1:20000'
stdout '^127.0.0.1:20000$'
`, nil},
		{"listen", `
block 127.0.0.1:20000 7 9 11
listen a tcp 127.0.0.1:20007 b udp 127.0.0.1:20009
dial one tcp 127.0.0.1:20007
accept other a
dial two udp 127.0.0.1:20009
send two hello
recv b hello
! run client -addr 127.0.0.1:20011
! run client -addr 127.0.0.1:20009
`, nil},
		{"a range", `
block 127.0.0.1:20000 7-9
listen a tcp 127.0.0.1:20007 b udp 127.0.0.1:20009
dial one tcp 127.0.0.1:20007
! run client -addr 127.0.0.1:20008
stdout ' 127.0.0.1:20008: '
`, nil},
		{"serve", `
block 127.0.0.1:20000 7 9
serve server -also 7
dial one tcp 127.0.0.1:20000
dial two tcp 127.0.0.1:20007
! run client -addr 127.0.0.1:20009
stdout ' 127.0.0.1:20009: '
`, nil},
		{"several without a block", `
listen a tcp 127.0.0.1:20000 b udp 127.0.0.1:30000
dial one tcp 127.0.0.1:20000
dial two udp 127.0.0.1:30000
send two hello
recv b hello
`, nil},
		{"odd", `
listen a tcp 127.0.0.1:20000 b udp
`, []string{"usage: listen PEER tcp|udp HOST:PORT"}},
		{"not at once", `
block 127.0.0.1:20000 7 9
listen a tcp 127.0.0.1:20007
listen b tcp 127.0.0.1:20009
`, []string{"who listens in a block must do so in one line, before it is used"}},
		{"wrong network", `
block 127.0.0.1:20000 7
listen a unix 127.0.0.1:20007
`, []string{"found no place for the block: listen over tcp or udp, not unix"}},
		{"twice", `
block 127.0.0.1:20000 7
block 127.0.0.1:30000 7
`, []string{"block 127.0.0.1:30000: not of the form host:port, or in use"}},
		{"no number", `
block 127.0.0.1:20000 http
`, []string{`parsing "http": invalid syntax`}},
		{"condition", `
[happy] stop
`, []string{"there is no condition happy"}},
	})
}

// TestEnclose checks that a block is not where somebody is, and that nobody
// comes to be there.
func TestEnclose(t *testing.T) {
	n := newNames()
	defer n.close()
	n.block = &block{base: 20000, ports: []int{20001, 20002}}
	port := 0
	for range 1000 {
		p := 10000 + rand.IntN(16000) // lower than what is given to clients
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p)))
		if err != nil {
			continue
		}
		defer l.Close()
		if isFree(strconv.Itoa(p - 1)) {
			port = p
			break
		}
	}
	if n.enclose(port-2, nil) == nil || len(n.held) > 0 || len(n.real) > 0 {
		t.Error("enclosed a port that somebody has")
	}
	if !isFree(strconv.Itoa(port - 1)) {
		t.Error("the port before it is still held")
	}
	if _, err := n.listen(nil); err != nil {
		t.Fatal(err)
	}
	base, _ := strconv.Atoi(n.real["20000"])
	for _, port := range []int{base + 1, base + 2} {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			t.Errorf("somebody is at port %d", port)
		}
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			t.Errorf("port %d can be had over TCP", port)
		}
		if c, err := net.ListenPacket("udp", addr); err == nil {
			c.Close()
			t.Errorf("port %d can be had over UDP", port)
		}
	}
}

// TestEncloseNamed checks that a port keeps the name that it has, also one at
// which nobody listens.
func TestEncloseNamed(t *testing.T) {
	n := newNames()
	defer n.close()
	n.block = &block{base: 20000, ports: []int{20001}}
	for odd := 10001; odd < 30000; odd += 2 {
		n.keep(strconv.Itoa(odd))
	}
	if _, err := n.listen(nil); err == nil {
		t.Errorf("ports 20000 and 20001 are %s and %s, and one of these had a name", n.real["20000"], n.real["20001"])
	}
}
