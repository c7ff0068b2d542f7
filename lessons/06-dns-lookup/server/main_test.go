package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bothends/shared/lesson/lessontest"

	dns "golang.org/x/net/dns/dnsmessage"
)

// TestMain lets the test's executable be the server, if the environment says so.
func TestMain(m *testing.M) {
	if os.Getenv("PROGRAM") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

var nobody = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 53}

// query packs a query. change, if not nil, may alter it before.
func query(t testing.TB, name string, typ dns.Type, change func(*dns.Message)) []byte {
	t.Helper()
	m := dns.Message{Header: dns.Header{ID: 4711, RecursionDesired: true},
		Questions: []dns.Question{{Name: dns.MustNewName(name), Type: typ, Class: dns.ClassINET}}}
	if change != nil {
		change(&m)
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func edns(size int, version uint32) dns.Resource {
	r := dns.Resource{Body: &dns.OPTResource{}}
	r.Header.SetEDNS0(size, 0, false)
	r.Header.TTL |= version << 16
	return r
}

// unpack parses a reply, which must be one to query.
func unpack(t testing.TB, query, reply []byte) dns.Message {
	t.Helper()
	var m dns.Message
	if err := m.Unpack(reply); err != nil {
		t.Fatalf("the reply cannot be read: %v\n%x", err, reply)
	}
	if !m.Response || !bytes.Equal(reply[:2], query[:2]) {
		t.Fatalf("no reply to that query: %x", reply)
	}
	if m.RecursionAvailable || m.AuthenticData || m.CheckingDisabled {
		t.Errorf("bits RA, AD or CD set: %x", reply[:4])
	}
	if m.RecursionDesired != (query[2]&1 == 1) {
		t.Errorf("bit RD not copied: %x", reply[:4])
	}
	return m
}

func TestAnswer(t *testing.T) {
	six := "1." + strings.Repeat("0.", 23) + "8.b.d.0.1.0.0.2.ip6.arpa."
	long := strings.Repeat("a", 63) + "."
	for _, test := range []struct {
		name    string
		typ     dns.Type
		code    dns.RCode
		answers int
		soa     string // the owner of the SOA in the authority section
	}{
		{"course.test.", dns.TypeSOA, 0, 1, ""},
		{"course.test.", dns.TypeNS, 0, 1, ""},
		{"course.test.", dns.TypeA, 0, 1, ""},
		{"course.test.", dns.TypeAAAA, 0, 1, ""},
		{"course.test.", dns.TypeMX, 0, 1, ""},
		{"course.test.", dns.TypeTXT, 0, 1, ""},
		{"course.test.", dns.TypeALL, 0, 0, "course.test."},
		{"course.test.", dns.TypeCNAME, 0, 0, "course.test."},
		{"course.test.", 65280, 0, 0, "course.test."},
		{"course.test.", 0, 0, 0, "course.test."},
		{"course.test.", dns.TypeAXFR, 0, 0, "course.test."},
		{"COURSE.test.", dns.TypeA, 0, 1, ""},
		{"www.course.test.", dns.TypeA, 0, 2, ""},
		{"wWw.course.test.", dns.TypeAAAA, 0, 2, ""},
		{"www.course.test.", dns.TypeCNAME, 0, 1, ""},
		{"www.course.test.", dns.TypeALL, 0, 1, "course.test."},
		{"www.course.test.", 65280, 0, 1, "course.test."},
		{"mail.course.test.", dns.TypeA, 0, 1, ""},
		{"mail.course.test.", dns.TypeAAAA, 0, 0, "course.test."},
		{"many.course.test.", dns.TypeA, 0, 40, ""},
		{"nobody.course.test.", dns.TypeA, dns.RCodeNameError, 0, "course.test."},
		{"nobody.course.test.", dns.TypeALL, dns.RCodeNameError, 0, "course.test."},
		{"a.www.course.test.", dns.TypeA, dns.RCodeNameError, 0, "course.test."},
		{long + long + long + "course.test.", dns.TypeA, dns.RCodeNameError, 0, "course.test."},
		{"1.2.0.192.in-addr.arpa.", dns.TypePTR, 0, 1, ""},
		{"2.0.192.in-addr.arpa.", dns.TypeSOA, 0, 1, ""},
		{"2.0.192.in-addr.arpa.", dns.TypePTR, 0, 0, "2.0.192.in-addr.arpa."},
		{"250.2.0.192.in-addr.arpa.", dns.TypePTR, dns.RCodeNameError, 0, "2.0.192.in-addr.arpa."},
		{six, dns.TypePTR, 0, 1, ""},
		{six[2:], dns.TypePTR, 0, 0, "8.b.d.0.1.0.0.2.ip6.arpa."}, // only names below it
		{"1." + six[2+2:], dns.TypePTR, dns.RCodeNameError, 0, "8.b.d.0.1.0.0.2.ip6.arpa."},
		{".", dns.TypeNS, dns.RCodeRefused, 0, ""},
		{"test.", dns.TypeA, dns.RCodeRefused, 0, ""},
		{"xcourse.test.", dns.TypeA, dns.RCodeRefused, 0, ""},
		{"course.test.example.", dns.TypeA, dns.RCodeRefused, 0, ""},
		{"0.192.in-addr.arpa.", dns.TypePTR, dns.RCodeRefused, 0, ""},
	} {
		q := query(t, test.name, test.typ, nil)
		reply := answer(nobody, "TCP", q, 65535)
		m := unpack(t, q, reply)
		if m.RCode != test.code || len(m.Answers) != test.answers || m.Truncated || len(m.Additionals) > 0 {
			t.Errorf("%.70s %v: %v", test.name, test.typ, m.GoString())
		}
		if m.Authoritative != (test.code != dns.RCodeRefused) {
			t.Errorf("%.70s %v: AA is %v", test.name, test.typ, m.Authoritative)
		}
		if len(m.Questions) != 1 || m.Questions[0].Name.String() != test.name {
			t.Errorf("%.70s %v: other question: %v", test.name, test.typ, m.Questions)
		}
		if len(m.Answers) > 0 && m.Answers[0].Header.Name.String() != test.name {
			t.Errorf("%.70s %v: answer about %v", test.name, test.typ, m.Answers[0].Header.Name)
		}
		soa := ""
		for _, r := range m.Authorities {
			soa += r.Header.Name.String()
			if r.Header.Type != dns.TypeSOA || r.Header.TTL != r.Body.(*dns.SOAResource).MinTTL {
				t.Errorf("%.70s %v: authority %v", test.name, test.typ, r.GoString())
			}
		}
		if soa != test.soa {
			t.Errorf("%.70s %v: SOA of %q, not %q", test.name, test.typ, soa, test.soa)
		}
		if test.code == dns.RCodeRefused && len(reply) > len(q) {
			t.Errorf("%.70s: a refusal of %d bytes to a query of %d", test.name, len(reply), len(q))
		}
	}
}

// An alias may lead to another, out of the zones, or nowhere. If two stand for
// each other, there is an end to it all the same.
func TestAlias(t *testing.T) {
	ours := records
	defer func() { records = ours }()
	for _, a := range [][2]string{{"web.", "www." + zone}, {"out.", "go.dev."}, {"lost.", "nobody." + zone}, {"one.", "two." + zone}, {"two.", "one." + zone}} {
		add(a[0]+zone, dns.TypeCNAME, &dns.CNAMEResource{CNAME: dns.MustNewName(a[1])})
	}
	for name, want := range map[string]struct {
		code    dns.RCode
		answers int
	}{
		"web.":  {dns.RCodeSuccess, 3},
		"out.":  {dns.RCodeSuccess, 1},
		"lost.": {dns.RCodeNameError, 1},
		"one.":  {dns.RCodeSuccess, 8},
	} {
		q := query(t, name+zone, dns.TypeA, nil)
		m := unpack(t, q, answer(nobody, "TCP", q, 65535))
		if m.RCode != want.code || len(m.Answers) != want.answers || !m.Authoritative {
			t.Errorf("%s: %v", name, m.GoString())
		}
	}
}

// A host may have all addresses there are.
func TestHost(t *testing.T) {
	ours := records
	defer func() { records = ours }()
	host("all."+zone, 250, 255)
	if n := len(records) - len(ours); n != 12 {
		t.Errorf("%d records for 6 addresses and their ways back", n)
	}
}

// Every address has its way back.
func TestReverse(t *testing.T) {
	for _, r := range records {
		a, ok := r.Body.(*dns.AResource)
		if !ok {
			continue
		}
		arpa := ""
		for _, b := range a.A {
			arpa = string(appendInt(b)) + "." + arpa
		}
		q := query(t, arpa+"in-addr.arpa.", dns.TypePTR, nil)
		m := unpack(t, q, answer(nobody, "UDP", q, 512))
		if len(m.Answers) != 1 || m.Answers[0].Body.(*dns.PTRResource).PTR != r.Header.Name {
			t.Errorf("%v: %v", a.A, m.GoString())
		}
	}
}

func appendInt(b byte) []byte {
	if b < 10 {
		return []byte{'0' + b}
	}
	return append(appendInt(b/10), '0'+b%10)
}

func TestEDNS(t *testing.T) {
	for _, test := range []struct {
		name      string
		opt       []dns.Resource
		code      dns.RCode // with the bits in the OPT
		truncated bool
	}{
		{"many.course.test.", nil, 0, true},
		{"many.course.test.", []dns.Resource{edns(684, 0)}, 0, true},
		{"many.course.test.", []dns.Resource{edns(685, 0)}, 0, false},
		{"long.course.test.", []dns.Resource{edns(65535, 0)}, 0, true},
		{"course.test.", []dns.Resource{edns(0, 0)}, 0, false},
		{"course.test.", []dns.Resource{edns(1232, 1)}, 0, false},
		{"example.com.", []dns.Resource{edns(1232, 0)}, dns.RCodeRefused, false},
		{"course.test.", []dns.Resource{edns(1232, 0), edns(1232, 0)}, 0, false},
	} {
		q := query(t, test.name, dns.TypeA, func(m *dns.Message) { m.Additionals = test.opt })
		reply := answer(nobody, "UDP", q, 512)
		m := unpack(t, q, reply)
		if len(m.Additionals) != min(len(test.opt), 1) {
			t.Fatalf("%s: OPT records: %v", test.name, m.Additionals)
		}
		code := m.RCode
		if len(test.opt) > 0 {
			code = m.Additionals[0].Header.ExtendedRCode(code)
			if m.Additionals[0].Header.Class != 1232 {
				t.Errorf("%s: we take %d bytes", test.name, m.Additionals[0].Header.Class)
			}
		}
		if code != test.code || m.Truncated != test.truncated {
			t.Errorf("%s: %v", test.name, m.GoString())
		}
		if m.Truncated && len(m.Answers)+len(m.Authorities) > 0 {
			t.Errorf("%s: truncated, and not empty", test.name)
		}
	}
}

func TestNoQuery(t *testing.T) {
	good := query(t, "course.test.", dns.TypeA, nil)
	for n := range 12 {
		if answer(nobody, "UDP", good[:n], 512) != nil {
			t.Errorf("a reply to %d bytes", n)
		}
	}
	reply := answer(nobody, "UDP", good, 512)
	if answer(nobody, "UDP", reply, 512) != nil {
		t.Error("an answer to an answer")
	}
	for n := 12; n < len(good); n++ {
		if m := unpack(t, good, answer(nobody, "UDP", good[:n], 512)); m.RCode != dns.RCodeFormatError {
			t.Errorf("%d of %d bytes: %v", n, len(good), m.RCode)
		}
	}
	good = query(t, "course.test.", dns.TypeA, func(m *dns.Message) { m.Additionals = []dns.Resource{edns(1232, 0)} })
	for n := 12; n < len(good); n++ { // the question may be whole
		if m := unpack(t, good, answer(nobody, "UDP", good[:n], 512)); m.RCode != dns.RCodeFormatError {
			t.Errorf("%d of %d bytes, with EDNS: %v", n, len(good), m.RCode)
		}
	}
	for what, change := range map[string]func(*dns.Message){
		"none": func(m *dns.Message) { m.Questions = nil },
		"two":  func(m *dns.Message) { m.Questions = append(m.Questions, m.Questions...) },
	} {
		q := query(t, "course.test.", dns.TypeA, change)
		if m := unpack(t, q, answer(nobody, "UDP", q, 512)); m.RCode != dns.RCodeFormatError {
			t.Errorf("%s: %v", what, m.RCode)
		}
	}
	for opcode := dns.OpCode(1); opcode < 16; opcode++ {
		q := query(t, "course.test.", dns.TypeA, func(m *dns.Message) { m.OpCode = opcode })
		m := unpack(t, q, answer(nobody, "UDP", q, 512))
		if m.RCode != dns.RCodeNotImplemented || m.OpCode != opcode || len(m.Answers) > 0 {
			t.Errorf("opcode %d: %v", opcode, m.GoString())
		}
	}
	for _, class := range []dns.Class{0, dns.ClassCHAOS, dns.ClassANY} {
		q := query(t, "course.test.", dns.TypeA, func(m *dns.Message) { m.Questions[0].Class = class })
		if m := unpack(t, q, answer(nobody, "UDP", q, 512)); m.RCode != dns.RCodeRefused {
			t.Errorf("class %v: %v", class, m.RCode)
		}
	}
}

// A small query must not cost much memory, whatever it says of itself.
func TestMemory(t *testing.T) {
	bomb := append([]byte("\x12\x34\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"),
		bytes.Repeat([]byte("\x00\x00\x06\x00\x01"), 13000)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const times = 50
	for range times {
		answer(nobody, "UDP", bomb, 512)
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 1<<20 {
		t.Errorf("a query of %d bytes took %d of memory", len(bomb), each)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, name := range []string{"course.test.", "wWw.course.test.", "long.course.test.", "example.com."} {
		f.Add(query(f, name, dns.TypeA, nil))
		f.Add(query(f, name, dns.TypeALL, func(m *dns.Message) { m.Additionals = []dns.Resource{edns(4096, 0)} }))
	}
	f.Add(query(f, "course.test.", dns.TypeA, func(m *dns.Message) { m.Additionals = []dns.Resource{edns(512, 1)} }))
	// Its name is its own header, and takes two bytes.
	f.Add([]byte("\x0aa\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, q []byte) {
		for _, most := range []int{512, 65535} {
			reply := answer(nobody, "UDP", q, most)
			if len(q) < 12 || q[2]&0x80 != 0 {
				if reply != nil {
					t.Fatal("a reply to what is no query")
				}
				continue
			}
			if reply == nil {
				t.Fatal("no reply")
			}
			if most == 512 && len(reply) > largest {
				t.Errorf("%d bytes in a datagram", len(reply))
			}
			var m dns.Message
			if err := m.Unpack(reply); err != nil {
				t.Fatal(err)
			}
			if !m.Response || m.ID != binary.BigEndian.Uint16(q) {
				t.Error("not a reply to that")
			}
			// An OPT record takes 11 bytes, and a name made of a pointer may
			// have saved one.
			if m.RCode != 0 && m.RCode != dns.RCodeNameError && len(reply) > len(q)+1+11*len(m.Additionals) {
				t.Errorf("%v takes %d bytes, the query %d", m.RCode, len(reply), len(q))
			}
		}
	})
}

// Clients that keep silent, or send a byte a second, are left after five.
func TestPatience(t *testing.T) {
	for name, act := range map[string]func(net.Conn){
		"silent": func(net.Conn) {},
		"half":   func(c net.Conn) { c.Write([]byte{0, 29, 1}) },
		"slow": func(c net.Conn) {
			for {
				if _, err := c.Write([]byte{1}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
		"deaf": func(c net.Conn) {
			c.Write(append([]byte{0, 29}, query(t, "course.test.", dns.TypeA, nil)...))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				began := time.Now()
				done := make(chan bool)
				go func() {
					act(theirs)
					close(done)
				}()
				serve(ours)
				if took := time.Since(began); took != 5*time.Second {
					t.Errorf("it took %v to end", took)
				}
				theirs.Close()
				<-done
			})
		})
	}
}

// Each query has five seconds of its own.
func TestPatienceAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		go serve(ours)
		defer theirs.Close()
		for range 3 {
			time.Sleep(4 * time.Second)
			theirs.Write(append([]byte{0, 29}, query(t, "course.test.", dns.TypeA, nil)...))
			if _, err := io.ReadFull(theirs, make([]byte, 2+45)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A port that UDP gets may be in use over TCP: then there is another.
func TestListen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux is all of 127.0.0.0/8 this machine")
	}
	for range 1000 { // at an address where nobody else is disturbed
		l, err := net.Listen("tcp", "127.0.0.53:0")
		if err != nil {
			break // enough
		}
		defer l.Close()
	}
	for range 200 {
		u, l, err := listen("127.0.0.53:0")
		if err != nil {
			t.Fatal(err)
		}
		if u.LocalAddr().String() != l.Addr().String() {
			t.Errorf("UDP at %v, TCP at %v", u.LocalAddr(), l.Addr())
		}
		u.Close()
		l.Close()
	}
}

// If only TCP is taken, it says so, and lets go of UDP.
func TestListenTaken(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux is all of 127.0.0.0/8 this machine")
	}
	taken, err := net.Listen("tcp", "127.0.0.54:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	if _, _, err := listen(addr); err == nil || !strings.Contains(err.Error(), "listen tcp "+addr) {
		t.Errorf("listen: %v", err)
	}
	u, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	u.Close()
}

// start starts the server, and returns its address.
func start(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command(exe, "-addr", "127.0.0.1:0")
	server.Env = append(os.Environ(), "PROGRAM=yes")
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, stdout)
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("first line %q", line)
	}
	return addr
}

// TestDig asks the server with the program that people use for it.
func TestDig(t *testing.T) {
	dig, err := exec.LookPath("dig") // bind9-dnsutils has it
	lessontest.Need(t, err)
	_, port, err := net.SplitHostPort(start(t))
	if err != nil {
		t.Fatal(err)
	}

	type question struct {
		ask   string
		wants string // separated by |
		not   string
	}
	questions := []question{
		{"many.course.test A", "ANSWER: 40|(UDP)|MSG SIZE rcvd: 685", "Truncated"},
		{"many.course.test A +noedns", "Truncated, retrying in TCP mode|ANSWER: 40|(TCP)|MSG SIZE rcvd: 674", "EDNS:"},
		{"many.course.test A +noedns +ignore", "flags: qr aa tc rd;|ANSWER: 0|MSG SIZE rcvd: 34", ""},
		{"many.course.test A +bufsize=684", "Truncated|(TCP)", ""},
		{"long.course.test A +bufsize=4096", "Truncated|ANSWER: 100|(TCP)|MSG SIZE rcvd: 1645", ""},
		{"course.test A +norec", "flags: qr aa;", ""},
		{"course.test A +opcode=NOTIFY", "opcode: NOTIFY, status: NOTIMP", ""},
		{"course.test A +edns=1", "status: NOERROR|192.0.2.1", ""},
		{"course.test A +dnssec +cookie +subnet=192.0.2.0/24", "status: NOERROR|flags: qr aa rd;", ""},
		{"course.test A +qr +padding=128", "status: NOERROR", ""},
	}
	for _, q := range []question{
		{"course.test A", "status: NOERROR|flags: qr aa rd;|course.test. 60 IN A 192.0.2.1|EDNS: version: 0, flags:; udp: 1232", ""},
		{"course.test AAAA", "course.test. 60 IN AAAA 2001:db8::1", ""},
		{"course.test MX", "course.test. 60 IN MX 10 mail.course.test.", ""},
		{"course.test TXT", `course.test. 60 IN TXT "Hello, World!"`, ""},
		{"course.test SOA", "IN SOA course.test. mail.course.test. 1 3600 600 86400 60|ANSWER: 1", ""},
		{"course.test NS", "IN NS course.test.", ""},
		{"wWw.course.test A", "wWw.course.test. 60 IN CNAME course.test.|course.test. 60 IN A 192.0.2.1|ANSWER: 2", ""},
		{"www.course.test CNAME", "ANSWER: 1|IN CNAME course.test.", ""},
		{"-x 192.0.2.25", "25.2.0.192.in-addr.arpa. 60 IN PTR mail.course.test.", ""},
		{"-x 2001:db8::1", "IN PTR course.test.", ""},
		{"nobody.course.test A", "status: NXDOMAIN|AUTHORITY: 1|course.test. 60 IN SOA|flags: qr aa rd;", ""},
		{"mail.course.test AAAA", "status: NOERROR|ANSWER: 0|AUTHORITY: 1|course.test. 60 IN SOA", ""},
		{"example.com A", "status: REFUSED|flags: qr rd;|AUTHORITY: 0", ""},
		{"course.test TYPE65280", "status: NOERROR|ANSWER: 0|AUTHORITY: 1|TYPE65280", ""},
		{"course.test ANY", "ANSWER: 0|AUTHORITY: 1|SOA", ""},
		{"version.bind CH TXT", "status: REFUSED", ""},
	} {
		questions = append(questions, question{q.ask + " +notcp", q.wants + "|(UDP)", "Truncated"},
			question{q.ask + " +tcp", q.wants + "|(TCP)", ""})
	}
	// One dig asks it all, and says at the end of each answer how long that was.
	args := []string{"-r", "@127.0.0.1", "-p", port, "+tries=1", "+time=5", "+nottlunits"}
	for _, q := range questions {
		args = append(args, strings.Fields(q.ask)...)
	}
	out, err := exec.Command(dig, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("dig: %v\n%s", err, out)
	}
	answers := regexp.MustCompile(`(?s).*?\n;; MSG SIZE  rcvd: \d+\n`).FindAllString(string(out), -1)
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions\n%s", len(answers), len(questions), out)
	}
	for i, q := range questions {
		shown := strings.Join(strings.Fields(answers[i]), " ")
		for _, want := range strings.Split(q.wants, "|") {
			if !strings.Contains(shown, want) {
				t.Errorf("%s: not there: %s\n%s", q.ask, want, answers[i])
			}
		}
		if q.not != "" && strings.Contains(shown, q.not) {
			t.Errorf("%s: should not be there: %s\n%s", q.ask, q.not, answers[i])
		}
		if strings.Contains(shown, "Warning") || strings.Contains(shown, "malformed") {
			t.Errorf("%s: dig warns\n%s", q.ask, answers[i])
		}
	}
	out, err = exec.Command(dig, "-r", "@127.0.0.1", "-p", port, "course.test", "AXFR").CombinedOutput()
	if !strings.Contains(string(out), "Transfer failed") {
		t.Errorf("AXFR: error %v\n%s", err, out)
	}
}

// TestResolver asks the server with Go's own resolver: over UDP, or TCP where an
// answer is too long, and over TCP alone.
func TestResolver(t *testing.T) {
	t.Parallel()
	addr := start(t)
	for _, network := range []string{"udp", "tcp"} {
		var used sync.Map
		r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, wanted, _ string) (net.Conn, error) {
			if network == "tcp" {
				wanted = network
			}
			used.Store(wanted, true)
			return new(net.Dialer).DialContext(ctx, wanted, addr)
		}}
		for _, test := range []struct {
			what, name string
			want       string // or the end of an error
		}{
			{"A", "course.test.", "[192.0.2.1]"},
			{"AAAA", "course.test.", "[2001:db8::1]"},
			{"A", "www.course.test.", "[192.0.2.1]"},
			{"CNAME", "www.course.test.", "course.test."},
			{"MX", "course.test.", "mail.course.test. 10"},
			{"TXT", "course.test.", "[Hello, World!]"},
			{"NS", "course.test.", "course.test."},
			{"PTR", "192.0.2.25", "[mail.course.test.]"},
			{"PTR", "2001:db8::1", "[course.test.]"},
			{"how many", "many.course.test.", "40"},
			{"how many", "long.course.test.", "100"},
			{"A", "nobody.course.test.", ": no such host"},
			{"AAAA", "mail.course.test.", ": no such host"},
			{"MX", "mail.course.test.", ": no such host"},
			{"A", "example.com.", ": server misbehaving"}, // it refused
		} {
			got, err := ask(t.Context(), r, test.what, test.name)
			if err == nil && fmt.Sprint(got) != test.want || err != nil && !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("%s of %s over %s: %v, error %v, want %s", test.what, test.name, network, got, err, test.want)
			}
		}
		if _, udp := used.Load("udp"); udp != (network == "udp") {
			t.Errorf("%s: UDP was used: %v", network, udp)
		}
		if _, tcp := used.Load("tcp"); !tcp {
			t.Errorf("%s: nothing was asked over TCP", network)
		}
	}
}

// ask asks a resolver for records of a type.
func ask(ctx context.Context, r *net.Resolver, what, name string) (any, error) {
	switch what {
	case "A":
		return r.LookupNetIP(ctx, "ip4", name)
	case "AAAA":
		return r.LookupNetIP(ctx, "ip6", name)
	case "how many":
		all, err := r.LookupNetIP(ctx, "ip4", name)
		return len(all), err
	case "CNAME":
		return r.LookupCNAME(ctx, name)
	case "TXT":
		return r.LookupTXT(ctx, name)
	case "PTR":
		return r.LookupAddr(ctx, name)
	case "MX":
		all, err := r.LookupMX(ctx, name)
		if len(all) != 1 {
			return len(all), err
		}
		return fmt.Sprint(all[0].Host, " ", all[0].Pref), err
	case "NS":
		all, err := r.LookupNS(ctx, name)
		if len(all) != 1 {
			return len(all), err
		}
		return all[0].Host, err
	}
	panic(what)
}
