package script

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
)

// heard waits until the other end of a connection over IPv4 that was reset has
// heard of it. On loopback, too, a packet may be on its way for a while when
// the machine is busy.
func heard(ctx context.Context, c *net.TCPConn) error {
	ours, theirs := hex(c.LocalAddr()), hex(c.RemoteAddr())
	for ctx.Err() == nil && ours != "" {
		sockets, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			return err
		}
		if !bytes.Contains(sockets, []byte(" "+theirs+" "+ours+" ")) {
			return nil
		}
	}
	return ctx.Err()
}

// hex returns an address over IPv4 as /proc/net/tcp has it, or "".
func hex(a net.Addr) string {
	t := a.(*net.TCPAddr)
	ip := t.IP.To4()
	if ip == nil {
		return ""
	}
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(ip), t.Port)
}
