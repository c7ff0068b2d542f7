package script

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	dns "golang.org/x/net/dns/dnsmessage"
)

// A query is a DNS message that a peer received, and who sent it.
type query struct {
	msg   dns.Message
	from  net.Addr
	waits bool // nobody has answered it
}

var rcodes = map[dns.RCode]string{0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}

func rcode(name string) (dns.RCode, bool) {
	for code, known := range rcodes {
		if known == name {
			return code, true
		}
	}
	return 0, false
}

func codeName(code dns.RCode) string {
	if name, ok := rcodes[code]; ok {
		return name
	}
	return fmt.Sprint("code ", int(code))
}

// recvDNS receives a reply to what was sent last, which was a query, and
// compares what it means. How its bytes are put together is its own affair.
func (s *session) recvDNS(args []string) {
	p := s.peer(args[0])
	code, ok := rcode(args[1])
	sent := p.sent
	if p.stream() {
		if size := 2 + length(p.unanswered); len(p.unanswered) >= size {
			sent, p.unanswered = p.unanswered[2:size], p.unanswered[size:]
		}
	}
	var asked dns.Message
	if !ok || asked.Unpack(sent) != nil || len(asked.Questions) != 1 {
		s.fatalf("recvdns %s: the code is none, or what was sent last is no query", args[1])
	}
	want := &reply{id: asked.ID, code: code, question: question(asked.Questions[0])}
	for _, word := range args[2:] {
		switch word {
		case "truncated":
			want.truncated = true
		case "soa":
			want.soa = true
		case "edns":
			want.edns = true
		default:
			want.answers = append(want.answers, word)
			want.ttl = want.ttl || strings.Contains(word, " TTL ")
		}
	}
	began := time.Now()
	b, err := s.dnsMessage(p)
	f := Failure{Kind: Differs, Network: p.network(), Addr: p.at, Sent: p.sent, Came: b, Earlier: p.came, Err: err,
		SentText: fmt.Sprintf("a query, ID %04x\n%s", asked.ID, want.question), WantText: want.String()}
	switch {
	case err == nil:
		var came *reply
		came, f.Why = readReply(b, want, p.sentAt)
		if came != nil {
			f.CameText = came.String()
		}
		if f.Why == "" {
			f.Why = want.differs(came, len(b))
		}
		if f.Why == "" {
			f.Why = behind(b)
		}
	case len(b) > 0:
		f.Why = noMessage(b, sent)
	}
	if err == nil && f.Why == "" {
		p.came, p.heard = append(p.came, b), true
		return
	}
	f.Took, f.Late = time.Since(began), s.prod(p, err)
	s.blame(f, "%s: %s\nwanted %s\ncame %s (% x, %v)", args[0], f.Why, f.WantText, f.CameText, b, err)
}

// dnsMessage receives a DNS message: a datagram, or so many bytes of a stream as
// the two before them say. On an error, all that came is returned.
func (s *session) dnsMessage(p *peer) ([]byte, error) {
	buf := make([]byte, 2+65535)
	if !p.stream() {
		n, err := s.read(p, buf)
		return buf[:n], err
	}
	p.conn.SetReadDeadline(s.by(p))
	n, err := io.ReadFull(p.conn, buf[:2])
	if err != nil {
		return buf[:n], whole(err)
	}
	size := 2 + length(buf)
	n, err = io.ReadFull(p.conn, buf[2:size])
	if err != nil {
		return buf[:2+n], whole(err)
	}
	return buf[2:size], nil
}

// length returns what the two bytes before a message say.
func length(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	return int(binary.BigEndian.Uint16(b))
}

// whole makes of an end in the middle an end.
func whole(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}

// noMessage says why so many bytes of a stream are no DNS message.
func noMessage(b, sent []byte) string {
	switch {
	case len(b) < 2:
		return "Over TCP, two bytes stand before each message, and say how long it is. Only one byte came."
	case bytes.HasPrefix(b, sent[:2]):
		return "What came begins with the query's ID. Over TCP, two bytes stand before each message, and say how long it is."
	case int(binary.LittleEndian.Uint16(b)) == len(b)-2:
		return fmt.Sprintf("The two bytes before the message say %d, and %s came after them: they stand in the wrong order, and the larger one comes first.", length(b), bytesOf(len(b)-2))
	}
	return fmt.Sprintf("The two bytes before the message say %d, and %s came after them.", length(b), bytesOf(len(b)-2))
}

func bytesOf(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// A reply is what matters of a DNS message.
type reply struct {
	id        uint16
	query     bool // it does not say that it is a reply
	code      dns.RCode
	truncated bool
	question  string
	answers   []string
	soa, edns bool
	ttl       bool // the answers tell theirs
}

func (r *reply) String() string {
	var b strings.Builder
	kind := "a reply"
	if r.query {
		kind = "a query"
	}
	fmt.Fprintf(&b, "%s, ID %04x, %s", kind, r.id, codeName(r.code))
	if r.truncated {
		b.WriteString(", truncated")
	}
	if r.question != "" {
		b.WriteString("\n" + r.question)
	}
	for _, a := range r.answers {
		b.WriteString("\nanswer    " + a)
	}
	if r.soa {
		b.WriteString("\nauthority SOA")
	}
	if r.edns {
		b.WriteString("\nadditional OPT (EDNS)")
	}
	return b.String()
}

func question(q dns.Question) string {
	s := "question  " + q.Name.String() + " " + typeName(q.Type)
	if q.Class != dns.ClassINET {
		s += fmt.Sprintf(", class %d", q.Class)
	}
	return s
}

func typeName(t dns.Type) string {
	s := t.String()
	if name, ok := strings.CutPrefix(s, "Type"); ok {
		return name
	}
	return "type " + s
}

// readReply reads a message as a reply, of which only that is read which is
// wanted; or says why it cannot be read. The time, if it is one since the query
// was sent, shows as in all scripts.
func readReply(b []byte, want *reply, sent time.Time) (*reply, string) {
	var m dns.Message
	if why := unpack(b, &m); why != "" {
		return nil, why
	}
	r := &reply{id: m.ID, query: !m.Response, code: m.RCode, truncated: m.Truncated, ttl: want.ttl}
	if len(m.Questions) > 0 {
		r.question = question(m.Questions[0])
	}
	for _, a := range m.Answers {
		r.answers = append(r.answers, record(a, want.ttl, sent))
	}
	for _, a := range m.Authorities {
		r.soa = r.soa || want.soa && a.Header.Type == dns.TypeSOA
	}
	for _, a := range m.Additionals {
		r.edns = r.edns || want.edns && a.Header.Type == dns.TypeOPT
	}
	return r, ""
}

// unpack reads a message, or says why it cannot be read.
func unpack(b []byte, m *dns.Message) string {
	if len(b) < 12 {
		return fmt.Sprintf("That is no DNS message: it has %s, and its header alone takes 12.", bytesOf(len(b)))
	}
	names := []string{"questions", "answers", "authorities", "additional records"}
	var counts [4]int
	for i := range counts {
		counts[i] = int(binary.BigEndian.Uint16(b[4+2*i:]))
		if counts[i] >= 256 && counts[i]%256 == 0 {
			return fmt.Sprintf("Its header counts %d %s: the two bytes of that number stand in the wrong order. On the wire the larger one comes first (htons in C, '!H' in Python's struct).", counts[i], names[i])
		}
	}
	if counts[0] == 1 {
		if why := badQuestion(b); why != "" {
			return why
		}
	}
	_, why := extent(b)
	if why != "" {
		return why
	}
	if err := m.Unpack(b); err != nil {
		return fmt.Sprintf("Its header counts %d, %d, %d and %d questions, answers, authorities and additional records, and not all of them can be read (%v). A record is a name, two bytes for the type, two for the class, four for the TTL, two for the length of what follows, and that.", counts[0], counts[1], counts[2], counts[3], err)
	}
	return ""
}

// extent returns where a message ends, or where it can no longer be read; or says
// which record of it gives its address another length than addresses have.
func extent(b []byte) (end int, why string) {
	count := func(i int) int { return length(b[4+2*i:]) }
	at := 12
	for range count(0) {
		at = nameEnd(b, at) + 4
	}
	for range count(1) + count(2) + count(3) {
		at = nameEnd(b, at) + 10
		if at > len(b) {
			return len(b), ""
		}
		kind, size := dns.Type(length(b[at-10:])), length(b[at-2:])
		for t, want := range map[dns.Type]int{dns.TypeA: 4, dns.TypeAAAA: 16} {
			switch {
			case kind != t || size == want:
			case size == want<<8:
				return at, fmt.Sprintf("In a record of type %s, the two bytes before the address are its length, and they stand in the wrong order: they say %d.", typeName(t), size)
			default:
				return at, fmt.Sprintf("In a record of type %s, the two bytes before the address say that it has %s, and one of this type has %d.", typeName(t), bytesOf(size), want)
			}
		}
		at += size
	}
	return min(at, len(b)), ""
}

// nameEnd returns where a name ends that begins at a certain byte; that may be
// behind the message.
func nameEnd(b []byte, at int) int {
	for at < len(b) && b[at] != 0 {
		if b[at] >= 0xc0 {
			return at + 2
		}
		at += 1 + int(b[at])
	}
	return at + 1
}

// behind says what stands behind the end of a message that can be read, or "".
func behind(b []byte) string {
	end, _ := extent(b)
	if end == len(b) {
		return ""
	}
	return fmt.Sprintf("The message ends after %s, for its header counts no more, and %s behind it. Send as much as the message has, and not the whole buffer.", bytesOf(end), follow(len(b)-end))
}

func follow(n int) string {
	if n == 1 {
		return "1 byte follows"
	}
	return fmt.Sprintf("%d bytes follow", n)
}

// badQuestion says why the one question of a message cannot be read, or "".
func badQuestion(b []byte) string {
	at := 12
	if len(b) == at {
		return "Its header counts 1 question, and nothing follows the header."
	}
	for at < len(b) && b[at] != 0 {
		size := int(b[at])
		left := len(b) - at - 1
		switch {
		case size >= 0xc0:
			return "" // a pointer: somebody else's affair
		case size > 63:
			return fmt.Sprintf("In the question's name, byte %d is to be the length of a part, and it is %d (%q); a part has at most 63. Each part has its length before it, and dots are not sent.", at+1, size, b[at])
		case size > left:
			return fmt.Sprintf("In the question's name, byte %d says that %s follow, and there are %d. Each part has its length before it, and behind the last stands a zero.", at+1, bytesOf(size), left)
		case bytes.IndexByte(b[at+1:at+1+size], '.') >= 0:
			return fmt.Sprintf("A part of the question's name is %q. Dots are not sent: each part has its length before it.", b[at+1:at+1+size])
		}
		at += 1 + size
	}
	if left := len(b) - at - 1; left < 4 {
		return fmt.Sprintf("Behind the question's name, four bytes are missing or cut, two for the type and two for the class: %s came. Does the name end with a zero?", bytesOf(max(left, 0)))
	}
	return ""
}

// record is a record as a zone file would have it: "course.test. A 192.0.2.1".
func record(r dns.Resource, ttl bool, sent time.Time) string {
	data := ""
	switch b := r.Body.(type) {
	case *dns.AResource:
		data = netip.AddrFrom4(b.A).String()
	case *dns.AAAAResource:
		data = netip.AddrFrom16(b.AAAA).String()
	case *dns.CNAMEResource:
		data = b.CNAME.String()
	case *dns.PTRResource:
		data = b.PTR.String()
	case *dns.NSResource:
		data = b.NS.String()
	case *dns.MXResource:
		data = fmt.Sprint(b.Pref, " ", b.MX)
	case *dns.SOAResource:
		data = b.NS.String()
	case *dns.TXTResource:
		var texts []string
		for _, text := range b.TXT {
			if t, err := time.ParseInLocation(time.ANSIC, text, time.Local); err == nil &&
				!t.Before(sent.Truncate(time.Second)) && !t.After(time.Now()) {
				text = "Mon Jan  2 15:04:05 2006"
			}
			texts = append(texts, strconv.Quote(text))
		}
		data = strings.Join(texts, " ")
	case *dns.UnknownResource:
		data = fmt.Sprintf("% x", b.Data)
	}
	s := strings.ToLower(r.Header.Name.String()) + " " + typeName(r.Header.Type) + " " + data
	if r.Header.Class != dns.ClassINET {
		s += fmt.Sprintf(", class %d", r.Header.Class)
	}
	if ttl {
		s += fmt.Sprintf(" TTL %d", r.Header.TTL)
	}
	return s
}

// summary says in one line what a message means, as it crosses a datagram or a
// stream; "" if it is none.
func summary(b []byte, stream bool) string {
	if stream {
		if len(b) < 2 || length(b) != len(b)-2 {
			return ""
		}
		b = b[2:]
	}
	var m dns.Message
	if unpack(b, &m) != "" || len(m.Questions) != 1 {
		return ""
	}
	if q := m.Questions[0]; !m.Response {
		name := q.Name.String()
		if len(name) > 40 { // that of an IPv6 address has 74
			name = name[:14] + "…" + name[len(name)-14:]
		}
		return name + " " + typeName(q.Type) + " ?"
	}
	var parts []string
	if m.Truncated {
		parts = append(parts, "truncated")
	}
	if m.RCode != dns.RCodeSuccess {
		parts = append(parts, codeName(m.RCode))
	}
	for _, a := range m.Answers {
		_, data, _ := strings.Cut(record(a, false, time.Now()), " ")
		parts = append(parts, data)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// differs says in what a reply of so many bytes is not the one that is wanted,
// or "".
func (want *reply) differs(came *reply, size int) string {
	missing := without(want.answers, came.answers)
	extra := without(came.answers, want.answers)
	switch {
	case came.id == want.id>>8|want.id<<8 && came.id != want.id:
		return "The two bytes of its ID stand in the wrong order: copy them from the query as they are."
	case came.id != want.id:
		return fmt.Sprintf("Its ID is %04x, and the query's is %04x. A reply begins with the same two bytes as its query, or nobody knows what it answers.", came.id, want.id)
	case came.query:
		return "It does not say that it is a reply: the first bit of the third byte (0x80) is not set."
	case came.question == "":
		return "It does not repeat the question."
	case strings.EqualFold(came.question, want.question) && came.question != want.question:
		return "It repeats the question in other letters than it was asked in: small, or capital. Copy it from the query as it is."
	case came.question != want.question:
		return "It repeats another question than the one that was asked."
	case want.truncated && !came.truncated:
		return fmt.Sprintf("It has %d bytes, and the bit that says truncated (0x02 in the third byte) is not set. Who asks over UDP takes 512 bytes, unless the query says more.", size)
	case came.truncated && !want.truncated:
		return "The bit that says truncated (0x02 in the third byte) is set, and all would have had room."
	case came.code != want.code:
		return fmt.Sprintf("The code is %s, where %s was wanted. It is the last four bits of the fourth byte.", codeName(came.code), codeName(want.code))
	case want.truncated:
		return "" // there may be some answers
	case len(missing) > 0 && len(came.answers) == 0:
		return fmt.Sprintf("It has no answer, where %d %s wanted. Does its header count them (bytes 7 and 8)?", len(missing), wasWere(len(missing)))
	case len(missing) > 0 && len(extra) > 0:
		return "Not wanted: " + extra[0] + ". Wanted in its place: " + missing[0] + "."
	case len(missing) > 0:
		return "An answer is missing: " + missing[0] + "."
	case len(extra) > 0:
		return "An answer was not wanted: " + extra[0] + "."
	case want.soa && !came.soa:
		return "The SOA of the zone does not come along, among the authorities, and so nobody knows how long to remember that there is nothing."
	case want.edns && !came.edns:
		return "The query has an OPT record, and the reply has none."
	}
	return ""
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// without returns what is in a and not in b, each as often as that is so.
func without(a, b []string) []string {
	b = slices.Clone(b)
	var rest []string
	for _, s := range a {
		if i := slices.Index(b, s); i >= 0 {
			b = slices.Delete(b, i, i+1)
		} else {
			rest = append(rest, s)
		}
	}
	return rest
}

// askedDNS receives a query for a name and a type. Others that come before are
// kept for when they are waited for.
func (s *session) askedDNS(args []string) {
	p, want := s.peer(args[0]), "question  "+args[1]+" "+args[2]
	if len(args) > 3 && args[3] != "newid" {
		s.usage("askeddns")
	}
	is := func(q query) bool { return strings.EqualFold(question(q.msg.Questions[0]), want) }
	began := time.Now()
	first := p.packets != nil && (p.from == nil || p.awaits)
	for {
		if i := slices.IndexFunc(p.asked, is); i >= 0 {
			p.query = p.asked[i]
			p.query.waits = true
			s.ids = append(s.ids, p.query.msg.ID)
			if len(args) > 3 {
				s.newID(args, p)
			}
			p.asked = slices.Delete(p.asked, i, i+1)
			p.from = p.query.from
			return
		}
		b, err := s.dnsMessage(p)
		f := Failure{Kind: Differs, Network: p.network(), Addr: p.at, Came: b, Err: err, WantText: "a query\n" + want, Took: time.Since(began)}
		q := query{from: p.from}
		switch {
		case err != nil && len(b) == 0 && first && len(p.asked) == 0:
			f.Kind = NoClient
		case err != nil && len(b) > 0:
			f.Why = noMessage(b, b)
		case err != nil:
			var others []string
			for _, q := range p.asked {
				others = append(others, question(q.msg.Questions[0]))
			}
			f.CameText = strings.Join(others, "\n")
			f.Why = fmt.Sprintf("It did not ask that: for %v nothing came.", s.waited(f.Took))
			if p.query.waits {
				f.Why += " Does it wait for the answer to what it asked before?"
			}
			if s.allEnded() {
				f.Why = "It has ended, and did not ask that."
			} else if errors.Is(err, io.EOF) {
				f.Why = "It did not ask that: it closed the connection."
			} else if len(others) > 0 {
				f.Why = "It has asked something else, and not this."
			}
		default:
			f.Why = unpack(b, &q.msg)
			if f.Why == "" {
				f.Why = noQuery(q.msg)
				if f.Why == "" {
					f.Why = behind(b)
				}
				f.CameText = fmt.Sprintf("a message, ID %04x", q.msg.ID)
				for _, q := range q.msg.Questions {
					f.CameText += "\n" + question(q)
				}
			}
		}
		if err == nil && f.Why == "" {
			p.asked = append(p.asked, q)
			continue
		}
		s.blame(f, "%s: %s\nwanted %s\ncame %s (% x, %v)", args[0], f.Why, f.WantText, f.CameText, b, err)
	}
}

// newID blames a program for a query if it has the ID of all before it, which
// are at least two. One of 65536 has by chance that of another; two are no chance.
func (s *session) newID(args []string, p *peer) {
	id := s.ids[len(s.ids)-1]
	other := func(i uint16) bool { return i != id }
	if len(s.ids) < 3 || slices.ContainsFunc(s.ids, other) {
		return
	}
	s.blame(Failure{Kind: Differs, Network: p.network(), Addr: p.at, WantText: "a query with an ID of its own",
		CameText: fmt.Sprintf("a query, ID %04x, and so had all before it\n%s", id, question(p.query.msg.Questions[0])),
		Why:      fmt.Sprintf("All its questions have the ID %04x, however often it is started. Whoever can guess the ID can answer in the server's place: take another for each question, at random.", id)},
		"%s: all queries have the ID %04x", args[0], id)
}

// noQuery says why a message is no query, or "".
func noQuery(m dns.Message) string {
	switch {
	case m.Response:
		return "The first bit of the third byte (0x80) is set: that makes it a reply."
	case m.OpCode != 0:
		return fmt.Sprintf("Its third byte says that it is no query, but a request of kind %d.", m.OpCode)
	case len(m.Questions) != 1:
		return fmt.Sprintf("Its header counts %d questions (bytes 5 and 6). A query has one.", len(m.Questions))
	}
	q := m.Questions[0]
	t, class := q.Type, q.Class
	if t >= 256 && t%256 == 0 || class >= 256 && class%256 == 0 {
		return fmt.Sprintf("It asks for type %d and class %d: the two bytes of a number stand in the wrong order. On the wire the larger one comes first (htons in C, '!H' in Python's struct).", t, class)
	}
	if class != dns.ClassINET {
		return fmt.Sprintf("It asks for class %d. That of the internet is 1.", class)
	}
	return ""
}

// answerDNS answers the query that was waited for last.
func (s *session) answerDNS(args []string) {
	p := s.peer(args[0])
	code, ok := rcode(args[1])
	if !ok || len(p.query.msg.Questions) == 0 {
		s.fatalf("answerdns %s: the code is none, or askeddns did not come before", args[1])
	}
	q := p.query.msg
	m := dns.Message{Questions: q.Questions, Header: dns.Header{ID: q.ID, Response: true,
		Authoritative: true, RecursionDesired: q.RecursionDesired, RCode: code}}
	loop := false
	for _, word := range args[2:] {
		switch word {
		case "truncated":
			m.Truncated = true
		case "otherid":
			m.ID++
		case "loop":
			loop = true
		default:
			r, err := parseRecord(string(s.data(word)))
			s.must(err)
			m.Answers = append(m.Answers, r)
		}
	}
	p.query.waits = false
	b, err := m.Pack()
	s.must(err)
	if loop { // an answer whose name is where it points to
		b[7]++
		b = append(b, 0xc0|byte(len(b)>>8), byte(len(b)), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1)
	}
	if p.stream() {
		b = append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
	}
	if err := p.write(b, s.by(p)); err != nil {
		s.blame(Failure{Kind: Broken, Network: p.network(), Addr: p.at, Err: err}, "%s", s.plain(err))
	}
}

// parseRecord reads a record: "course.test. MX 10 mail.course.test.".
func parseRecord(text string) (r dns.Resource, err error) {
	words := strings.SplitN(text, " ", 3)
	if len(words) < 3 {
		return r, fmt.Errorf("%q is no record: write a name, a type and the rest", text)
	}
	if r.Header.Name, err = dns.NewName(words[0]); err != nil {
		return r, err
	}
	r.Header.Class, r.Header.TTL = dns.ClassINET, 60
	data := words[2]
	switch kind := words[1]; kind {
	case "A", "AAAA":
		var addr netip.Addr
		if addr, err = netip.ParseAddr(data); err != nil {
			return r, err
		}
		if kind == "A" && addr.Is4() {
			r.Body = &dns.AResource{A: addr.As4()}
			return r, nil
		}
		r.Body = &dns.AAAAResource{AAAA: addr.As16()}
	case "CNAME", "PTR":
		name, err := dns.NewName(data)
		if err != nil {
			return r, err
		}
		r.Body = &dns.PTRResource{PTR: name}
		if kind == "CNAME" {
			r.Body = &dns.CNAMEResource{CNAME: name}
		}
	default:
		return r, fmt.Errorf("%q: cannot answer with that type", text)
	}
	return r, nil
}

// refuseDNS refuses all queries that are still to come, and those not waited for,
// or answers them with another code.
func (s *session) refuseDNS(args []string) {
	p := s.peer(args[0])
	if p.packets == nil {
		s.fatalf("refusedns %s: only over UDP", args[0])
	}
	code := dns.RCodeRefused
	if len(args) > 1 {
		var ok bool
		if code, ok = rcode(args[1]); !ok {
			s.fatalf("refusedns %s: there is no such code", args[1])
		}
	}
	refuse := func(q query) {
		m := dns.Message{Questions: q.msg.Questions, Header: dns.Header{ID: q.msg.ID, Response: true, RCode: code}}
		if b, err := m.Pack(); err == nil {
			p.packets.WriteTo(b, q.from)
		}
	}
	for _, q := range p.asked {
		refuse(q)
	}
	p.asked = nil
	p.packets.SetReadDeadline(time.Time{})
	go func() {
		buf := make([]byte, 65535)
		for {
			n, from, err := p.packets.ReadFrom(buf)
			if errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) {
				return
			}
			q := query{from: from}
			if err == nil && unpack(buf[:n], &q.msg) == "" && !q.msg.Response {
				refuse(q)
			}
		}
	}()
}
