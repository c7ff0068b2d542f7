// Server answers DNS queries about names of its own, in course.test.
//
// Usage:
//
//	server [-addr host:port]
//
// It listens on one port, over UDP and over TCP. Other people's names it
// refuses. clock.course.test has a TXT record, with a text that is always
// the same. Have it tell the time, in the form of lesson 03, and see to it
// that nobody remembers it.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"

	dns "golang.org/x/net/dns/dnsmessage"
)

var addr = flag.String("addr", "127.0.0.1:5300",
	"listen on `host:port`; port 0 means any free one")

const largest = 1232 // bytes of a query, and of a reply over UDP

func main() {
	log.SetFlags(0)
	log.SetPrefix("server: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 0 {
		usage()
		os.Exit(2)
	}
	packets, listener, err := listen(*addr)
	if err != nil {
		log.Fatalf("%v: choose another, such as -addr 127.0.0.1:0, "+
			"or stop the program that has it", err)
	}
	fmt.Println("listening on", packets.LocalAddr())

	go accept(listener) // TCP, beside UDP
	buf := make([]byte, 65535)
	for {
		n, client, err := packets.ReadFrom(buf)
		if err != nil {
			log.Print(err) // one bad datagram is not the end
		} else if reply := answer(client, "UDP", buf[:n], 512); reply != nil {
			packets.WriteTo(reply, client) // if it is lost, they ask again
		}
	}
}

// listen takes a port over UDP, and the same over TCP. If TCP cannot have
// it, it tries again, and with port 0 that is another.
func listen(addr string) (u net.PacketConn, t net.Listener, err error) {
	for try := 0; try < 10 && t == nil; try++ {
		if u, err = net.ListenPacket("udp", addr); err != nil {
			break
		}
		if t, err = net.Listen("tcp", u.LocalAddr().String()); err != nil {
			u.Close()
		}
	}
	return u, t, err
}

// accept serves each TCP client beside the others.
func accept(listener net.Listener) {
	for {
		if conn, err := listener.Accept(); err == nil {
			go serve(conn)
		} else {
			log.Print(err)
			time.Sleep(100 * time.Millisecond) // too many: some will leave
		}
	}
}

// serve answers one TCP client. A stream has no datagrams: two bytes before
// each message say how long it is.
func serve(conn net.Conn) {
	defer conn.Close()
	for {
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		size := make([]byte, 2)
		if _, err := io.ReadFull(conn, size); err != nil {
			return // it has no more to ask
		}
		query := make([]byte, int(size[0])<<8|int(size[1]))
		if len(query) > largest {
			fmt.Println(conn.RemoteAddr(), "over TCP: too long for a query")
			return
		}
		if _, err := io.ReadFull(conn, query); err != nil {
			return // it left in the middle
		}
		reply := answer(conn.RemoteAddr(), "TCP", query, 65535)
		if reply == nil {
			return // it knows no DNS
		}
		size[0], size[1] = byte(len(reply)>>8), byte(len(reply))
		if _, err := conn.Write(append(size, reply...)); err != nil {
			return
		}
	}
}

// answer returns the reply to a query, or nil if there is to be none. It has
// up to most bytes, or as many more as the query allows.
func answer(who net.Addr, how string, query []byte, most int) []byte {
	var in dns.Message
	err := in.Unpack(query[:min(len(query), largest)])
	if len(query) < 12 || in.Response { // never answer an answer
		fmt.Printf("%v over %s: no query (length %d)\n", who, how, len(query))
		return nil
	}
	out := dns.Message{Questions: in.Questions, Header: dns.Header{
		ID: in.ID, Response: true, OpCode: in.OpCode,
		RecursionDesired: in.RecursionDesired}}

	code := dns.RCodeSuccess
	for _, r := range in.Additionals {
		if r.Header.Type == dns.TypeOPT {
			most = max(most, min(int(r.Header.Class), largest))
			code = dns.RCode(min(r.Header.TTL>>16&255, 1) << 4) // BADVERS
			opt := dns.Resource{Body: &dns.OPTResource{}}
			opt.Header.SetEDNS0(largest, code, false)
			out.Additionals = append(out.Additionals, opt)
		}
	}

	q := append(in.Questions, dns.Question{})[0]
	switch {
	case code != 0: // it speaks another version of EDNS
	case err != nil || len(query) > largest ||
		len(in.Questions) != 1 || len(out.Additionals) > 1:
		code = dns.RCodeFormatError
	case in.OpCode != 0:
		code = dns.RCodeNotImplemented
	default:
		code = lookup(q, &out)
	}
	out.RCode = code & 15 // the OPT has the rest
	out.Additionals = out.Additionals[:min(len(out.Additionals), 1)]

	outcome := fmt.Sprintf("%s, answers: %d", codes[code], len(out.Answers))
	reply, _ := out.Pack()
	if len(reply) > most {
		out.Truncated, out.Answers = true, nil // it can ask over TCP
		outcome = fmt.Sprintf("truncated, not %d bytes", len(reply))
		reply, _ = out.Pack()
	}
	fmt.Printf("%v over %s: %s %s: %s\n", who, how, quote(q.Name.String()),
		strings.TrimPrefix(q.Type.String(), "Type"), outcome)
	return reply
}

// lookup adds to out what the records say, and returns the code.
func lookup(q dns.Question, out *dns.Message) dns.RCode {
	name, code := strings.ToLower(q.Name.String()), dns.RCodeNameError
	var found, soa []dns.Resource
	for _, r := range records {
		owner, t := r.Header.Name.String(), r.Header.Type
		if under(owner, name) {
			code = dns.RCodeSuccess // the name exists, or one below it
		}
		if t == dns.TypeSOA && under(name, owner) {
			soa = []dns.Resource{r} // the name is in this zone
		}
		if owner == name && (t == q.Type || t == dns.TypeCNAME ||
			q.Type == dns.TypeALL && (found == nil || t == found[0].Header.Type)) {
			r.Header.Name = q.Name // as it was asked, capitals and all
			found = append(found, r)
		}
	}
	if soa == nil || q.Class != dns.ClassINET || q.Type == dns.TypeAXFR {
		return dns.RCodeRefused
	}
	out.Authoritative = true
	out.Answers = append(out.Answers, found...)
	if found == nil {
		out.Authorities = soa // how long to remember that there is nothing
	} else if alias, ok := found[0].Body.(*dns.CNAMEResource); ok &&
		q.Type != dns.TypeCNAME && q.Type != dns.TypeALL {
		q.Name = alias.CNAME
		return lookup(q, out)
	}
	return code
}

// under reports whether a name is top, or ends in it.
func under(name, top string) bool { return strings.HasSuffix("."+name, "."+top) }

var codes = map[dns.RCode]string{0: "NOERROR", 1: "FORMERR", 3: "NXDOMAIN",
	4: "NOTIMP", 5: "REFUSED", 16: "BADVERS"}

// quote shows a stranger's name, with those bytes that could steer a
// terminal spelled out; if it is long, 64 of its bytes and its length.
func quote(name string) string {
	if len(name) > 64 {
		return fmt.Sprintf("%q (length %d)", name[:64], len(name))
	}
	return fmt.Sprintf("%q", name)
}

var records []dns.Resource

func add(owner string, t dns.Type, body dns.ResourceBody) {
	records = append(records, dns.Resource{Body: body, Header: dns.ResourceHeader{
		Name: dns.MustNewName(owner), Type: t, Class: dns.ClassINET, TTL: 60}})
}

// host gives a name the addresses 192.0.2.first to last, and each of them
// its way back.
func host(name string, first, last byte) {
	for n := first; n <= last; n++ {
		add(name, dns.TypeA, &dns.AResource{A: [4]byte{192, 0, 2, n}})
		add(fmt.Sprint(n, ".2.0.192.in-addr.arpa."), dns.TypePTR,
			&dns.PTRResource{PTR: dns.MustNewName(name)})
	}
}

func init() {
	const zone, v4, v6 = "course.test.", "2.0.192.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."
	ns, mail := dns.MustNewName("ns."+zone), dns.MustNewName("mail."+zone)
	for _, apex := range []string{zone, v4, v6} {
		add(apex, dns.TypeSOA, &dns.SOAResource{NS: ns, MBox: mail, Serial: 1,
			Refresh: 3600, Retry: 600, Expire: 86400, MinTTL: 60})
		add(apex, dns.TypeNS, &dns.NSResource{NS: ns})
	}
	host(zone, 1, 1)
	host("ns."+zone, 53, 53)
	host("mail."+zone, 25, 25)
	host("many."+zone, 61, 100)
	host("long."+zone, 101, 200)
	add(zone, dns.TypeAAAA, &dns.AAAAResource{
		AAAA: [16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 0x01}}) // 2001:db8::1
	add("1."+strings.Repeat("0.", 23)+v6, dns.TypePTR,
		&dns.PTRResource{PTR: dns.MustNewName(zone)})
	add(zone, dns.TypeMX, &dns.MXResource{Pref: 10, MX: mail})
	add(zone, dns.TypeTXT, &dns.TXTResource{TXT: []string{"Hello, World!"}})
	add("clock."+zone, dns.TypeTXT,
		&dns.TXTResource{TXT: []string{"nobody has wound it up"}})
	add("www."+zone, dns.TypeCNAME, &dns.CNAMEResource{CNAME: dns.MustNewName(zone)})
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server [-addr host:port]")
	flag.PrintDefaults()
}
