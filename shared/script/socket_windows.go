package script

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// bind makes a TCP socket that has a port of 127.0.0.1 and does not listen:
// package net has no such thing.
func bind(port int, _ bool) (io.Closer, error) {
	h, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	err = syscall.Bind(h, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	if err != nil {
		syscall.Closesocket(h)
		return nil, os.NewSyscallError("bind", err)
	}
	return socket(h), nil
}

type socket syscall.Handle

func (s socket) Close() error { return syscall.Closesocket(syscall.Handle(s)) }

// wasRefused reports whether err says that nobody listens there.
func wasRefused(err error) bool { return errors.Is(err, syscall.Errno(10061)) } // WSAECONNREFUSED

// wasReset reports whether err says that the other end broke the connection off.
func wasReset(err error) bool { return errors.Is(err, syscall.WSAECONNRESET) }
