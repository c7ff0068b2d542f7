//go:build unix

package script

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// bind makes a TCP socket that has a port of 127.0.0.1 and does not listen:
// package net has no such thing. If
// it is to share the port, connections that linger there do not matter.
func bind(port int, share bool) (io.Closer, error) {
	syscall.ForkLock.RLock() // a program started meanwhile must not inherit it
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if share {
		err = os.NewSyscallError("setsockopt", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	}
	if err == nil {
		err = os.NewSyscallError("bind", syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}))
	}
	if err != nil {
		syscall.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "socket"), nil
}

// wasRefused reports whether err says that nobody listens there.
func wasRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// wasReset reports whether err says that the other end broke the connection off.
func wasReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
