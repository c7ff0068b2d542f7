package lessons

import (
	"bytes"
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
			header := func(t dns.Type) dns.ResourceHeader {
				return dns.ResourceHeader{Name: m.Questions[0].Name, Type: t, Class: dns.ClassINET}
			}
			escape := dns.MustNewName("\x1b[2J\xff." + strings.Repeat("a", 60) + ".")
			switch t := m.Questions[0].Type; t {
			case dns.TypeA:
				m.Answers = []dns.Resource{{Header: header(dns.TypeCNAME), Body: &dns.CNAMEResource{CNAME: escape}}}
				for i := range 50 {
					m.Answers = append(m.Answers, dns.Resource{Header: header(t), Body: &dns.AResource{A: [4]byte{192, 0, 2, byte(i)}}})
				}
			case dns.TypePTR:
				for range 20 {
					m.Answers = append(m.Answers, dns.Resource{Header: header(t), Body: &dns.PTRResource{PTR: dns.MustNewName("a.")}})
				}
			}
			if reply, err := m.Pack(); err == nil {
				fake.WriteTo(reply, client)
			}
		}
	}()
	exe, err := lesson.Lesson{Name: "06-dns-lookup", Dir: filepath.Join(root(t), "lessons", "06-dns-lookup")}.Program("client")
	if err != nil {
		t.Fatal(err)
	}
	client := exec.Command(exe, "-addr", fake.LocalAddr().String(), "course.test")
	out, err := client.CombinedOutput()
	if err != nil {
		t.Errorf("client: %v", err)
	}
	if bytes.ContainsAny(out, "\x1b") || bytes.IndexByte(out, 0xff) >= 0 {
		t.Errorf("raw bytes reach the terminal")
	}
	for _, want := range []string{
		`canonical name: "\x1b[2J\xff.` + strings.Repeat("a", 58) + `" (length 67)` + "\n",
		"and 46 more addresses\n",
		"192.0.2.3 is called \"a.\"\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("not there: %q", want)
		}
	}
	if lines := strings.Count(string(out), "\n"); lines > 40 {
		t.Errorf("%d lines", lines)
	}
	if t.Failed() {
		t.Logf("%q", out)
	}
}
