// Server answers DNS queries about names of its own, in course.test.
//
// Usage:
//
//	server [-addr host:port]
//
// It listens on one port, over UDP and over TCP. Other people's names it
// refuses: it asks no other server. Ctrl-C stops it.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
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
			continue
		}
		reply := answer(client, "UDP", buf[:n], 512)
		if reply != nil {
			packets.WriteTo(reply, client) // if it is lost, they ask again
		}
	}
}

// listen takes a port over UDP, and the same over TCP. If TCP cannot have
// it, it tries again, and with port 0 that is another.
func listen(addr string) (u net.PacketConn, t net.Listener, err error) {
	for range 10 {
		if u, err = net.ListenPacket("udp", addr); err != nil {
			break
		}
		if t, err = net.Listen("tcp", u.LocalAddr().String()); err == nil {
			break
		}
		u.Close()
	}
	return u, t, err
}

// accept serves each TCP client beside the others.
func accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			time.Sleep(time.Second / 10) // too many? some will leave
			continue
		}
		go serve(conn)
	}
}

// serve answers one TCP client. A stream has no datagrams: two bytes
// before each message say how long it is.
func serve(conn net.Conn) {
	defer conn.Close()
	size := make([]byte, 2)
	for {
		conn.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.ReadFull(conn, size); err != nil {
			return // it has no more to ask
		}
		n := int(size[0])*256 + int(size[1])
		if n > largest {
			fmt.Println(conn.RemoteAddr(), "over TCP: too long for a query")
			return
		}
		query := make([]byte, n)
		if _, err := io.ReadFull(conn, query); err != nil {
			return // it left in the middle
		}
		reply := answer(conn.RemoteAddr(), "TCP", query, 65535)
		if reply == nil {
			return // it knows no DNS
		}
		size[0], size[1] = byte(len(reply)/256), byte(len(reply)%256)
		if _, err := conn.Write(append(size, reply...)); err != nil {
			return
		}
	}
}

// answer returns the reply to a query, or nil if there is to be none. It
// has up to most bytes, or as many more as the query allows.
func answer(who net.Addr, how string, query []byte, most int) []byte {
	//weave:begin header
	var in dns.Message
	err := in.Unpack(query[:min(len(query), largest)])
	if len(query) < 12 || in.Response { // never answer an answer
		fmt.Printf("%v over %s: no query (length %d)\n", who, how, len(query))
		return nil
	}
	out := dns.Message{Questions: in.Questions, Header: dns.Header{
		ID: in.ID, Response: true, OpCode: in.OpCode,
		RecursionDesired: in.RecursionDesired}}
	//weave:end header

	for _, r := range in.Additionals {
		if r.Header.Type == dns.TypeOPT { // how long a reply it takes
			most = max(most, min(int(r.Header.Class), largest))
			opt := dns.Resource{Body: &dns.OPTResource{}}
			opt.Header.SetEDNS0(largest, 0, false)
			out.Additionals = []dns.Resource{opt}
		}
	}

	var q dns.Question
	switch {
	case err != nil || len(in.Questions) != 1 ||
		len(in.Questions[0].Name.String())+16 > len(query):
		out.RCode = dns.RCodeFormatError
		out.Questions = nil // a name made of pointers would grow
	case in.OpCode != 0:
		out.RCode = dns.RCodeNotImplemented
	default:
		q = in.Questions[0]
		out.RCode = lookup(q, &out)
	}

	//weave:begin pack
	outcome := fmt.Sprint(codes[out.RCode], ", answers: ", len(out.Answers))
	reply, _ := out.Pack()
	if len(reply) > most {
		outcome = fmt.Sprintf("truncated, not %d bytes", len(reply))
		out.Truncated, out.Answers = true, nil // it can ask over TCP
		reply, _ = out.Pack()
	}
	//weave:end pack
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
		if t == dns.TypeSOA && under(name, owner) {
			soa = []dns.Resource{r} // the name is in this zone
		}
		if under(owner, name) {
			code = dns.RCodeSuccess // it exists, or one below it
		}
		if owner == name && (t == q.Type || t == dns.TypeCNAME) {
			r.Header.Name = q.Name // as it was asked, capitals and all
			found = append(found, r)
		}
	}
	if soa == nil || q.Class != dns.ClassINET {
		return dns.RCodeRefused
	}
	out.Authoritative = true
	out.Answers = append(out.Answers, found...)
	if found == nil {
		out.Authorities = soa // how long to remember that
		return code
	}
	alias, ok := found[0].Body.(*dns.CNAMEResource)
	if ok && q.Type != dns.TypeCNAME && len(out.Answers) < 8 {
		q.Name = alias.CNAME
		code = lookup(q, out)
	}
	if code == dns.RCodeRefused { // it leads to somebody else's name
		code = dns.RCodeSuccess
	}
	return code
}

// under reports whether a name is top, or ends in it.
func under(name, top string) bool {
	return strings.HasSuffix("."+name, "."+top)
}

var codes = map[dns.RCode]string{0: "NOERROR", 1: "FORMERR",
	3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}

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
	header := dns.ResourceHeader{Name: dns.MustNewName(owner),
		Type: t, Class: dns.ClassINET, TTL: 60}
	records = append(records, dns.Resource{Header: header, Body: body})
}

const zone = "course.test."
const v4, v6 = "2.0.192.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."

// host gives a name the addresses 192.0.2.first to last, and each of
// them its way back.
func host(name string, first, last int) {
	back := &dns.PTRResource{PTR: dns.MustNewName(name)}
	for n := first; n <= last; n++ {
		add(name, dns.TypeA, &dns.AResource{A: [4]byte{192, 0, 2, byte(n)}})
		add(fmt.Sprint(n, ".", v4), dns.TypePTR, back)
	}
}

func init() { // runs before main
	apex, mail := dns.MustNewName(zone), dns.MustNewName("mail."+zone)
	for _, z := range []string{zone, v4, v6} {
		add(z, dns.TypeSOA, &dns.SOAResource{NS: apex, MBox: mail,
			Serial: 1, Refresh: 3600, Retry: 600, Expire: 86400, MinTTL: 60})
		add(z, dns.TypeNS, &dns.NSResource{NS: apex})
	}
	//weave:begin records
	host(zone, 1, 1)
	host("mail."+zone, 25, 25)
	host("many."+zone, 61, 100)
	host("long."+zone, 101, 200)
	add("www."+zone, dns.TypeCNAME, &dns.CNAMEResource{CNAME: apex})
	add(zone, dns.TypeMX, &dns.MXResource{Pref: 10, MX: mail})
	//weave:end records
	add(zone, dns.TypeTXT, &dns.TXTResource{TXT: []string{"Hello, World!"}})
	six := netip.MustParseAddr("2001:db8::1").As16()
	add(zone, dns.TypeAAAA, &dns.AAAAResource{AAAA: six})
	add("1."+strings.Repeat("0.", 23)+v6, dns.TypePTR,
		&dns.PTRResource{PTR: apex})
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: server [-addr host:port]")
	flag.PrintDefaults()
}
