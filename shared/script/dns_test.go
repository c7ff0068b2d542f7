package script

import (
	bytesFrom "encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"

	dns "golang.org/x/net/dns/dnsmessage"
)

const (
	header   = `\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00`
	askA     = header + `\x06course\x04test\x00\x00\x01\x00\x01`
	listenU  = "listen fake udp 127.0.0.1:5300\ndial peer udp 127.0.0.1:5300\n"
	listenT  = "listen door tcp 127.0.0.1:5300\ndial peer tcp 127.0.0.1:5300\naccept fake door\n"
	sendA    = "send peer '" + askA + "'\n"
	sendAT   = `send peer '\x00\x1d` + askA + "'\n"
	sendAAAA = `send peer '` + header + `\x06course\x04test\x00\x00\x1c\x00\x01'` + "\n"
)

func TestDNS(t *testing.T) {
	playAll(t, []test{
		{"asked and answered", listenU + sendA + "askeddns fake course.test. A\nanswerdns fake NOERROR 'course.test. A 192.0.2.1' 'course.test. A 192.0.2.2'\nrecvdns peer NOERROR 'course.test. A 192.0.2.2' 'course.test. A 192.0.2.1'", nil},
		{"other types", listenU + sendA + "askeddns fake course.test. A\nanswerdns fake NXDOMAIN 'a. AAAA 2001:db8::1' 'B. CNAME c.' 'd. PTR e.'\nrecvdns peer NXDOMAIN 'b. CNAME c.' 'a. AAAA 2001:db8::1' 'd. PTR e.'", nil},
		{"TTL", listenU + sendA + "askeddns fake course.test. A\nanswerdns fake NOERROR 'a. A 192.0.2.1'\nrecvdns peer NOERROR 'a. A 192.0.2.1 TTL 60'", nil},
		{"over TCP", listenT + sendAT + "askeddns fake course.test. A\nanswerdns fake NOERROR 'course.test. A 192.0.2.1'\nrecvdns peer NOERROR 'course.test. A 192.0.2.1'", nil},
		{"cut and joined", listenT + "send peer '\\x00' '\\x1d" + askA + `\x00\x1d` + strings.Replace(askA, `x34`, `x35`, 1) + "'\naskeddns fake course.test. A\nanswerdns fake NOERROR\nrecvdns peer NOERROR\naskeddns fake course.test. A\nanswerdns fake REFUSED\nrecvdns peer REFUSED", nil},
		{"truncated", listenU + sendA + "askeddns fake course.test. A\nanswerdns fake NOERROR truncated\nrecvdns peer NOERROR truncated", nil},
		{"kept", listenU + sendAAAA + sendA + "askeddns fake course.test. A\naskeddns fake COURSE.test. AAAA\nanswerdns fake NOERROR\nrecvdns peer NOERROR", []string{"It repeats another question"}},
		{"refused", listenU + sendA + "askeddns fake course.test. A\nrefusedns fake\nsend peer hello\n" + sendA + "recvdns peer REFUSED\n" + sendAAAA + "recvdns peer REFUSED", nil},
		{"answered with a code", listenU + "refusedns fake NXDOMAIN\n" + sendA + "recvdns peer NXDOMAIN", nil},
		{"refused with what", listenU + "refusedns fake NO", []string{"there is no such code"}},
		{"whole buffer", listenU + "send peer '" + askA + `\x00\x00\x00'` + "\naskeddns fake course.test. A", []string{"The message ends after 29 bytes, for its header counts no more, and 3 bytes follow behind it."}},
		{"IDs", listenU + sendA + sendAAAA + "askeddns fake course.test. A newid\naskeddns fake course.test. AAAA newid\nsend peer '" + strings.Replace(askA, `x34`, `x35`, 1) + "'\naskeddns fake course.test. A newid\n" + sendA + "askeddns fake course.test. A newid", nil},
		{"one ID", listenU + sendA + sendAAAA + sendA + "askeddns fake course.test. A newid\naskeddns fake course.test. AAAA newid\naskeddns fake course.test. A newid", []string{"all queries have the ID 1234"}},
		{"another ID", listenU + sendA + "askeddns fake course.test. A\nanswerdns fake NOERROR otherid\nrecvdns peer NOERROR", []string{"Its ID is 1235, and the query's is 1234."}},
		{"a loop", listenU + sendA + "askeddns fake course.test. A\nanswerdns fake NOERROR loop\nrecvdns peer NOERROR", []string{"and not all of them can be read"}},
		{"no query", listenU + "send peer hello\naskeddns fake course.test. A", []string{"That is no DNS message: it has 5 bytes"}},
		{"no code", listenU + sendA + "recvdns peer OK", []string{"the code is none"}},
		{"no record", listenU + sendA + "askeddns fake course.test. A\nanswerdns fake NOERROR a.", []string{"is no record"}},
	})
}

// TestForeignDNS checks what somebody's program is blamed for.
func TestForeignDNS(t *testing.T) {
	t.Parallel()
	const ask = "serve server -addr 127.0.0.1:4000\ndial peer udp 127.0.0.1:4000\n" + sendA
	const client = "listen fake udp 127.0.0.1:4000\nopen client -addr 127.0.0.1:4000\naskeddns fake course.test. A"
	for _, test := range []struct {
		name, steps, script string
		check               func(f Failure) bool
	}{
		{"silent server", `udp out=ready\n receive hang`, ask + "recvdns peer NOERROR", func(f Failure) bool {
			return f.Kind == Differs && f.Why == "" && errors.Is(f.Err, os.ErrDeadlineExceeded) &&
				f.WantText == "a reply, ID 1234, NOERROR\nquestion  course.test. A" && strings.HasPrefix(f.SentText, "a query, ID 1234\n")
		}},
		{"no reply", `udp out=ready\n receive answer=hello hang`, ask + "recvdns peer NOERROR", func(f Failure) bool {
			return f.Kind == Differs && strings.Contains(f.Why, "5 bytes") && string(f.Came) == "hello" && f.CameText == ""
		}},
		{"silent client", `hang`, client, func(f Failure) bool {
			return f.Kind == NoClient && f.Network == "udp" && f.Why == ""
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			lessontest.Slow(t) // somebody is waited for
			t.Parallel()
			f := accuse(t, 500*time.Millisecond, strings.Fields(test.steps), test.script)
			if f == nil || !test.check(*f) {
				t.Errorf("blamed for %+v", f)
			}
		})
	}
}

// TestReply goes through what may be wrong with a reply to a query for the
// addresses of course.test, whose ID is 1234.
func TestReply(t *testing.T) {
	const q = " 06 636f75727365 04 74657374 00 0001 0001"
	const a = " c00c 0001 0001 0000003c 0004 c0000201"
	for _, test := range []struct{ name, reply, why string }{
		{"right", "1234 8500 0001 0001 0000 0000" + q + a, ""},
		{"not compressed", "1234 8180 0001 0001 0000 0000" + q + " 06 436f75727365 04 74657374 00 0001 0001 00000000 0004 c0000201", ""},
		{"short", "1234 85", "it has 3 bytes, and its header alone takes 12"},
		{"ID 0", "0000 8500 0001 0001 0000 0000" + q + a, "Its ID is 0000"},
		{"ID swapped", "3412 8500 0001 0001 0000 0000" + q + a, "The two bytes of its ID stand in the wrong order"},
		{"a query", "1234 0500 0001 0001 0000 0000" + q + a, "does not say that it is a reply"},
		{"counts swapped", "1234 8500 0100 0100 0000 0000" + q + a, "Its header counts 256 questions"},
		{"no question", "1234 8500 0000 0001 0000 0000" + strings.Replace(a, "c00c", "06 636f75727365 04 74657374 00", 1), "does not repeat the question"},
		{"question without end", "1234 8500 0001 0000 0000 0000 0b 636f757273652e74657374 0001 0001", `is "course.test". Dots are not sent`},
		{"header alone", "1234 8500 0001 0000 0000 0000", "nothing follows the header"},
		{"dots and no length", "1234 8500 0001 0000 0000 0000 7777772e61 0001 0001", "byte 13 is to be the length of a part, and it is 119 ('w')"},
		{"too long a part", "1234 8500 0001 0000 0000 0000 3f61", "byte 13 says that 63 bytes follow, and there are 1"},
		{"no zero", "1234 8500 0001 0000 0000 0000 06 636f75727365 04 74657374 0001 0001", "3 bytes came. Does the name end with a zero?"},
		{"small letters", "1234 8500 0001 0001 0000 0000" + strings.Replace(q, "63", "43", 1) + a, "in other letters"},
		{"another question", "1234 8500 0001 0001 0000 0000" + strings.Replace(q, "0001", "001c", 1) + a, "another question"},
		{"another code", "1234 8503 0001 0001 0000 0000" + q + a, "The code is NXDOMAIN, where NOERROR was wanted"},
		{"truncated", "1234 8700 0001 0001 0000 0000" + q + a, "is set, and all would have had room"},
		{"not counted", "1234 8500 0001 0000 0000 0000" + q + a, "no answer, where 1 was wanted. Does its header count them"},
		{"another answer", "1234 8500 0001 0001 0000 0000" + q + strings.Replace(a, "0201", "0202", 1), "Not wanted: course.test. A 192.0.2.2. Wanted in its place: course.test. A 192.0.2.1"},
		{"twice", "1234 8500 0001 0002 0000 0000" + q + a + a, "was not wanted: course.test. A 192.0.2.1"},
		{"address too short", "1234 8500 0001 0001 0000 0000" + q + " c00c 0001 0001 0000003c 0003 c00002", "of type A, the two bytes before the address say that it has 3 bytes, and one of this type has 4."},
		{"length of another", "1234 8500 0001 0001 0000 0000" + q + " c00c 001c 0001 0000003c 0004 20010db8000000000000000000000001", "of type AAAA, the two bytes before the address say that it has 4 bytes, and one of this type has 16."},
		{"too long a length", "1234 8500 0001 0001 0000 0000" + q + " c00c 0001 0001 0000003c 0010 c0000201 000000000000000000000000", "say that it has 16 bytes"},
		{"length swapped", "1234 8500 0001 0001 0000 0000" + q + " c00c 0001 0001 0000003c 0400 c0000201", "they stand in the wrong order: they say 1024"},
		{"whole buffer", "1234 8500 0001 0001 0000 0000" + q + a + strings.Repeat("00", 467), "The message ends after 45 bytes, for its header counts no more, and 467 bytes follow"},
		{"a byte more", "1234 8500 0001 0001 0000 0000" + q + a + "00", "and 1 byte follows behind it"},
		{"cut off", "1234 8500 0001 0001 0000 0000" + q + a[:30], "and not all of them can be read"},
	} {
		b, err := bytesFrom.DecodeString(strings.ReplaceAll(test.reply, " ", ""))
		if err != nil {
			t.Fatal(test.name, err)
		}
		want := &reply{id: 0x1234, question: "question  course.test. A", answers: []string{"course.test. A 192.0.2.1"}}
		came, why := readReply(b, want, time.Now())
		if why == "" {
			why = want.differs(came, len(b))
		}
		if why == "" {
			why = behind(b)
		}
		if !strings.Contains(why, test.why) || test.why == "" && why != "" {
			t.Errorf("%s: got %q, want %q", test.name, why, test.why)
		}
	}
}

func TestRecord(t *testing.T) {
	began := time.Now()
	h := dns.ResourceHeader{Name: dns.MustNewName("Clock.test."), Type: dns.TypeTXT, Class: dns.ClassINET, TTL: 5}
	for _, test := range []struct {
		text, want string
	}{
		{"Hello, World!", `clock.test. TXT "Hello, World!" TTL 5`},
		{began.Format(time.ANSIC), `clock.test. TXT "Mon Jan  2 15:04:05 2006" TTL 5`},
		{began.Add(-time.Hour).Format(time.ANSIC), `clock.test. TXT "` + began.Add(-time.Hour).Format(time.ANSIC) + `" TTL 5`},
	} {
		got := record(dns.Resource{Header: h, Body: &dns.TXTResource{TXT: []string{test.text}}}, true, began)
		if got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	for _, text := range []string{"course.test. A nowhere", "course.test. A", "a. A 192.0.2", "a. WKS x"} {
		if r, err := parseRecord(text); err == nil {
			t.Errorf("%s: got %v", text, r)
		}
	}
}

func TestNoMessage(t *testing.T) {
	sent := "\x12\x34\x01\x00"
	for _, test := range []struct{ came, want string }{
		{"\x00", "Only one byte came"},
		{"\x12\x34\x85\x00", "begins with the query's ID"},
		{"\x05\x00\x12\x34\x85\x00\x00", "say 1280, and 5 bytes came after them: they stand in the wrong order"},
		{"\x00\x09\x12\x34", "say 9, and 2 bytes came after them."},
	} {
		if got := noMessage([]byte(test.came), []byte(sent)); !strings.Contains(got, test.want) {
			t.Errorf("%q: got %s", test.came, got)
		}
	}
	for _, test := range []struct {
		m    dns.Message
		want string
	}{
		{dns.Message{Header: dns.Header{Response: true}}, "makes it a reply"},
		{dns.Message{Header: dns.Header{OpCode: 5}}, "a request of kind 5"},
		{dns.Message{}, "counts 0 questions"},
		{dns.Message{Questions: []dns.Question{{Type: 256, Class: 256}}}, "wrong order"},
		{dns.Message{Questions: []dns.Question{{Type: 1, Class: 3}}}, "class 3"},
		{dns.Message{Questions: []dns.Question{{Type: 1, Class: 1}}}, ""},
	} {
		if got := noQuery(test.m); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%v: got %s", test.m, got)
		}
	}
}
