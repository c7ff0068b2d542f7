package main

import (
	"bufio"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test's executable be the command.
func TestMain(m *testing.M) {
	if os.Getenv("TALK") != "" {
		patience, grace = 20*time.Second, 50*time.Millisecond
		flag.CommandLine.Init("talk", flag.ExitOnError)
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A talker is the command at work.
type talker struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Reader
}

func start(t *testing.T, args ...string) *talker {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &talker{t: t, cmd: exec.Command(exe, args...)}
	p.cmd.Env = append(os.Environ(), "TALK=yes")
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.cmd.Stdout
	p.lines = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	overdue := time.AfterFunc(20*time.Second, func() { p.cmd.Process.Kill() })
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		overdue.Stop()
	})
	return p
}

// says fails unless the next line is a certain one; "…" stands for anything.
func (p *talker) says(want string) string {
	p.t.Helper()
	line, err := p.lines.ReadString('\n')
	head, tail, open := strings.Cut(want, "…")
	got := strings.TrimSuffix(line, "\n")
	if err != nil || !open && got != want || open && (!strings.HasPrefix(got, head) || !strings.HasSuffix(got, tail)) {
		p.t.Fatalf("it says %q, error %v, want %q", line, err, want)
	}
	return got
}

func (p *talker) ends(status int) {
	p.t.Helper()
	p.cmd.Wait()
	if got := p.cmd.ProcessState.ExitCode(); got != status {
		p.t.Errorf("status %d, want %d", got, status)
	}
}

func TestTCP(t *testing.T) {
	t.Parallel()
	server := start(t, "-listen", "tcp", "127.0.0.1:0")
	addr := strings.TrimPrefix(server.says("listening on 127.0.0.1:…"), "listening on ")
	client := start(t, "-hex", "tcp", addr)
	client.says("from 127.0.0.1:… to " + addr)
	server.says("127.0.0.1:… connected")

	io.WriteString(client.in, "hello\n")
	server.says(`"hello" (length 5)`)
	io.WriteString(client.in, `a"b\n\xff\\`+"\n")
	server.says(`"a\"b\n\xff\\" (length 6)`)
	io.WriteString(client.in, "\\q\nè\n")
	client.says(`talk: "\\q": a backslash begins \n, \t, \xff or \\`)
	server.says(`"è" (length 2)`)

	client.in.Close() // half of it is over
	server.says("the other end sends no more")
	io.WriteString(server.in, "\\x1b[2J\n")
	client.says("(length 4)")
	client.says("00000000  1b 5b 32 4a                                       |.[2J|")
	server.in.Close()
	client.says("the other end sends no more")
	client.ends(0)
	server.ends(0)
}

func TestUDP(t *testing.T) {
	t.Parallel()
	server := start(t, "-listen", "udp", "127.0.0.1:0")
	addr := strings.TrimPrefix(server.says("listening on 127.0.0.1:…"), "listening on ")
	io.WriteString(server.in, "too soon\n")
	server.says("talk: nobody to talk to: wait until somebody has sent something")
	client := start(t, "udp", addr)
	client.says("from 127.0.0.1:… to " + addr)
	io.WriteString(client.in, "\n") // an empty datagram is one
	server.says("from 127.0.0.1:…")
	server.says(`"" (length 0)`)
	io.WriteString(server.in, "OK\n")
	client.says(`"OK" (length 2)`)
	client.in.Close()
	client.ends(0)
}

func TestWrong(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, args := range [][]string{{}, {"tcp"}, {"icmp", "127.0.0.1:1"}} {
		p := start(t, args...)
		p.says("usage: talk [-hex] tcp|udp HOST:PORT [TEXT ...]")
		p.ends(2)
	}
	p := start(t, "-listen", "tcp", l.Addr().String())
	p.says("talk: listen tcp …")
	p.ends(1)
	p = start(t, "tcp", "127.0.0.1:nonsense")
	p.says("talk: dial tcp…")
	p.ends(1)
}

// visitor starts talk as a client, and returns the other end of its connection.
func visitor(t *testing.T) (*talker, *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := start(t, "tcp", l.Addr().String())
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	p.says("from 127.0.0.1:… to " + l.Addr().String())
	return p, conn.(*net.TCPConn)
}

// TestReset shows a connection that the other end breaks off.
func TestReset(t *testing.T) {
	t.Parallel()
	p, conn := visitor(t)
	conn.SetLinger(0)
	conn.Close()
	p.says("talk: …") // while somebody could type
	p.ends(1)
}

// TestBroken types on after the other end has left altogether.
func TestBroken(t *testing.T) {
	t.Parallel()
	p, conn := visitor(t)
	conn.Close()
	p.says("the other end sends no more")
	var err error
	for err == nil { // the first line is on its way, and one of the next finds out
		_, err = io.WriteString(p.in, "is anybody there?\n")
	}
	p.says("talk: write tcp 127.0.0.1:…")
	p.ends(1)
}

// TestRefused talks to nobody, and then to somebody who has come.
func TestRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there nobody is told")
	}
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := u.LocalAddr().String()
	u.Close()
	p := start(t, "udp", addr)
	p.says("from 127.0.0.1:… to " + addr)
	io.WriteString(p.in, "hello\n")
	p.says("talk: …: connection refused")
	if u, err = net.ListenPacket("udp", addr); err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	io.WriteString(p.in, "hello again\n")
	buf := make([]byte, 100)
	u.SetDeadline(time.Now().Add(20 * time.Second))
	n, from, err := u.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "hello again" {
		t.Fatalf("%q, error %v", buf[:n], err)
	}
	u.WriteTo([]byte("OK"), from)
	p.says(`"OK" (length 2)`)
	p.in.Close()
	p.ends(1)
}

// TestEaten sends what a refusal of the datagram before would have eaten, while
// nobody reads: here the news of that comes with the next write.
func TestEaten(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere that news may come later, or never")
	}
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := u.LocalAddr().String()
	u.Close()
	conn, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	send(conn, "to nobody")
	if u, err = net.ListenPacket("udp", addr); err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	send(conn, "to somebody")
	buf := make([]byte, 100)
	u.SetDeadline(time.Now().Add(10 * time.Second))
	if n, _, err := u.ReadFrom(buf); err != nil || string(buf[:n]) != "to somebody" {
		t.Errorf("%q, error %v", buf[:n], err)
	}
}

// TestTexts sends what stands behind the address.
func TestTexts(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"tcp", "udp"} {
		server := start(t, "-listen", network, "127.0.0.1:0")
		addr := strings.TrimPrefix(server.says("listening on 127.0.0.1:…"), "listening on ")
		client := start(t, network, addr, "hello", `\x00`)
		client.says("from 127.0.0.1:… to " + addr)
		client.says("> hello")
		server.says("…") // who has come
		server.says(`"hello" (length 5)`)
		io.WriteString(server.in, "OK\n")
		client.says(`"OK" (length 2)`)
		client.says(`> \x00`)
		server.says(`"\x00" (length 1)`)
		io.WriteString(server.in, "Err\n")
		client.says(`"Err" (length 3)`)
		server.in.Close()
		if network == "tcp" {
			client.says("the other end sends no more")
		}
		client.ends(0)
	}
	p := start(t, "-listen", "tcp", "127.0.0.1:0", "hello")
	p.says("usage: talk …")
}
