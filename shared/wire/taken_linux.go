package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"time"
)

// taken waits until the other end has read what was written to it, or as long as
// d. It does not wait where /proc/net/tcp cannot tell: for another machine, or
// over IPv6.
func taken(c net.Conn, d time.Duration) {
	ours, theirs := hex(c.LocalAddr()), hex(c.RemoteAddr())
	if ours == "" || theirs == "" {
		return
	}
	for end := time.Now().Add(d); time.Now().Before(end); {
		sockets, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			return
		}
		unsent, _, ok := queues(sockets, ours, theirs)
		_, unread, there := queues(sockets, theirs, ours)
		if !ok || !there || unsent == none && unread == none {
			return
		}
		time.Sleep(100 * time.Microsecond)
	}
}

const none = "00000000"

// queues returns what a socket in /proc/net/tcp has sent and not been told to
// have arrived, and what has arrived and not been read: numbers of bytes, in hex.
func queues(sockets []byte, local, remote string) (unsent, unread string, ok bool) {
	_, line, ok := bytes.Cut(sockets, []byte(" "+local+" "+remote+" "))
	if !ok || len(line) < len("01 00000000:00000000") { // state, queues
		return "", "", false
	}
	return string(line[3:11]), string(line[12:20]), true
}

// hex returns an address as /proc/net/tcp has it, or "".
func hex(a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if !ok || t.IP.To4() == nil {
		return ""
	}
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(t.IP.To4()), t.Port)
}
