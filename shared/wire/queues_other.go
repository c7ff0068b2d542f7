//go:build !linux

package wire

import (
	"errors"
	"net"
)

// Queues would look into a socket's queues, but only Linux lets us.
func Queues(local, remote net.Addr) (unsent, unread int, ok bool, err error) {
	return 0, 0, false, errors.ErrUnsupported
}
