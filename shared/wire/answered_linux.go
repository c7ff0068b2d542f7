package wire

import (
	"encoding/binary"
	"syscall"
)

const synSent = 2 // TCP_SYN_SENT of Linux's tcp_states.h

// answered reports whether a socket that is to be connected may have been: it is
// not waiting for the other end's first answer. One that is closed may have been
// before.
func answered(c syscall.RawConn) bool {
	waits := false
	c.Control(func(fd uintptr) {
		info, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_INFO)
		b := binary.NativeEndian.AppendUint32(nil, uint32(info))
		waits = err == nil && b[0] == synSent // the first field of struct tcp_info
	})
	return !waits
}
