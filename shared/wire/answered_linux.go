package wire

import (
	"encoding/binary"
	"syscall"
)

const synSent = 2 // TCP_SYN_SENT of Linux's tcp_states.h

// answered reports whether a socket that is to be connected may have been: it is
// not waiting for the other end's first answer.
func answered(c syscall.RawConn) bool {
	known := false // as it stays where the socket is closed: nothing has come of it
	c.Control(func(fd uintptr) {
		info, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_INFO)
		b := binary.NativeEndian.AppendUint32(nil, uint32(info))
		known = err != nil || b[0] != synSent // the first field of struct tcp_info
	})
	return known
}
