package lessons

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bothends/shared/lesson"

	dns "golang.org/x/net/dns/dnsmessage"
)

// A server that is not what it seems sends names that would steer a terminal,
// and ever so many addresses. Lesson 06's client shows few, and no byte of them raw.
func TestStrangeDNS(t *testing.T) {
	t.Parallel()
	escape := dns.MustNewName("\x1b[2J\xff." + strings.Repeat("a", 60) + ".")
	out, _ := strangeDNS(t, func(m *dns.Message) {
		switch m.Questions[0].Type {
		case dns.TypeA:
			add(m, &dns.CNAMEResource{CNAME: escape})
			for i := range 50 {
				add(m, &dns.AResource{A: [4]byte{192, 0, 2, byte(i)}})
			}
		case dns.TypePTR:
			for range 20 {
				add(m, &dns.PTRResource{PTR: dns.MustNewName("a.")})
			}
		}
	})
	if strings.ContainsAny(out, "\x1b") || strings.IndexByte(out, 0xff) >= 0 {
		t.Errorf("raw bytes reach the terminal")
	}
	for _, want := range []string{
		`canonical name: "\x1b[2J\xff.` + strings.Repeat("a", 58) + `" (length 67)` + "\n",
		"and 46 more addresses\n",
		"192.0.2.3 is called \"a.\"\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not there: %q", want)
		}
	}
	if lines := strings.Count(out, "\n"); lines > 40 {
		t.Errorf("%d lines", lines)
	}
	if t.Failed() {
		t.Logf("%q", out)
	}
}

// A server cannot say whether there is an address of the one kind, and has none of
// the other. How often it is asked depends on the settings of this system.
func TestDNSServerFails(t *testing.T) {
	t.Parallel()
	out, ok := strangeDNS(t, func(m *dns.Message) {
		if m.Questions[0].Type == dns.TypeA {
			m.RCode = dns.RCodeServerFailure
		}
	})
	if want := "client: \"course.test.\": server misbehaving: is the right server running?\n"; ok || out != want {
		t.Errorf("it says %q, not %q", out, want)
	}
}

// One address of two has no way back that could be found out.
func TestDNSHalfTheWayBack(t *testing.T) {
	t.Parallel()
	out, ok := strangeDNS(t, func(m *dns.Message) {
		switch q := m.Questions[0]; {
		case q.Type == dns.TypeA:
			add(m, &dns.AResource{A: [4]byte{192, 0, 2, 1}})
			add(m, &dns.AResource{A: [4]byte{192, 0, 2, 2}})
		case q.Type == dns.TypePTR && strings.HasPrefix(q.Name.String(), "1."):
			m.RCode = dns.RCodeServerFailure
		case q.Type == dns.TypePTR:
			add(m, &dns.PTRResource{PTR: dns.MustNewName("two.test.")})
		}
	})
	want := "client: 192.0.2.1: server misbehaving: is the right server running?\n192.0.2.2 is called \"two.test.\"\n"
	if ok || !strings.HasSuffix(out, want) {
		t.Errorf("it says %q, which does not end in %q", out, want)
	}
}

// add adds a record to an answer, about the name that was asked for.
func add(m *dns.Message, body dns.ResourceBody) {
	header := dns.ResourceHeader{Name: m.Questions[0].Name, Class: dns.ClassINET}
	m.Answers = append(m.Answers, dns.Resource{Header: header, Body: body})
}

// strangeDNS has lesson 06's client ask for course.test at a server that answers
// as it is told to, and returns what the client prints, and whether it ends well.
func strangeDNS(t *testing.T, answer func(m *dns.Message)) (out string, ok bool) {
	t.Helper()
	fake, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	go func() {
		buf := make([]byte, 2048)
		var first net.Addr
		for {
			n, client, err := fake.ReadFrom(buf)
			if err != nil {
				return
			}
			if first == nil {
				first = client
			} else if c, err := net.ListenPacket("udp", first.String()); err == nil {
				c.Close()
				t.Error("the first question's port can be had again, and a later one may get it")
			}
			var m dns.Message
			if m.Unpack(buf[:n]) != nil {
				continue
			}
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			answer(&m)
			if reply, err := m.Pack(); err == nil {
				fake.WriteTo(reply, client)
			}
		}
	}()
	exe, err := lesson.Lesson{Name: "06-dns-lookup", Dir: filepath.Join(root(t), "lessons", "06-dns-lookup")}.Program("client")
	if err != nil {
		t.Fatal(err)
	}
	b, err := exec.Command(exe, "-addr", fake.LocalAddr().String(), "course.test").CombinedOutput()
	return string(b), err == nil
}
