package wire

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Queues asks the kernel about a TCP socket of this machine: the one at the
// address local that is connected to remote. It returns how many bytes were
// written to it that the other end has not acknowledged, how many have arrived
// that nobody has read, and false if there is no such socket. The error is
// [errors.ErrUnsupported] where the kernel does not tell. See sock_diag(7).
func Queues(local, remote net.Addr) (unsent, unread int, ok bool, err error) {
	l, r := addrPort(local), addrPort(remote)
	if !l.IsValid() || !r.IsValid() {
		return 0, 0, false, errors.ErrUnsupported
	}
	if err := diagnoses(); err != nil {
		return 0, 0, false, err
	}
	s, err := diagnose(l, r)
	if err != nil || s.ID.Remote != bigEndian(r.Port()) { // or it is the listener
		return 0, 0, false, err
	}
	return int(s.Unsent), int(s.Unread), true, nil
}

func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(t.AddrPort().Addr().Unmap(), uint16(t.Port))
}

// diagnoses finds out whether the kernel tells. Of everything that it has no
// module for it says that there is no such socket.
var diagnoses = sync.OnceValue(func() error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	at := addrPort(l.Addr())
	s, err := diagnose(at, netip.AddrPortFrom(at.Addr(), 0))
	if err == nil && s.ID.Local != bigEndian(at.Port()) {
		return errors.ErrUnsupported
	}
	return err
})

// The structs are those of linux/inet_diag.h.
type (
	socketID struct {
		Local, Remote         [2]byte // ports
		LocalAddr, RemoteAddr [16]byte
		Interface             uint32
		Cookie                [2]uint32
	}
	socketRequest struct {
		unix.NlMsghdr
		Family, Protocol, _, _ uint8
		States                 uint32
		ID                     socketID
	}
	socketReply struct {
		unix.NlMsghdr
		_, _, _, _     uint8
		ID             socketID
		_              uint32
		Unread, Unsent uint32
		_, _           uint32
	}
)

// diagnose asks for one socket. If there is none, its ID is zero.
func diagnose(local, remote netip.AddrPort) (socketReply, error) {
	q := socketRequest{
		NlMsghdr: unix.NlMsghdr{Type: unix.SOCK_DIAG_BY_FAMILY, Flags: unix.NLM_F_REQUEST},
		Family:   unix.AF_INET6,
		Protocol: unix.IPPROTO_TCP,
		States:   ^uint32(0),
		ID:       socketID{Local: bigEndian(local.Port()), Remote: bigEndian(remote.Port()), Cookie: [2]uint32{^uint32(0), ^uint32(0)}},
	}
	if local.Addr().Is4() {
		q.Family = unix.AF_INET
	}
	copy(q.ID.LocalAddr[:], local.Addr().AsSlice())
	copy(q.ID.RemoteAddr[:], remote.Addr().AsSlice())
	q.Len = uint32(binary.Size(q))
	ask, err := binary.Append(nil, binary.NativeEndian, q)
	if err != nil {
		return socketReply{}, err
	}

	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return socketReply{}, os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, ask); err != nil {
		return socketReply{}, os.NewSyscallError("write", err)
	}
	var reply socketReply
	buf := make([]byte, 1024)
	n, err := unix.Read(fd, buf)
	if err != nil {
		return socketReply{}, os.NewSyscallError("read", err)
	}
	if _, err := binary.Decode(buf[:n], binary.NativeEndian, &reply); err != nil || reply.Type != unix.SOCK_DIAG_BY_FAMILY {
		return socketReply{}, nil // an error message: ENOENT
	}
	return reply, nil
}

func bigEndian(port uint16) [2]byte { return [2]byte{byte(port >> 8), byte(port)} }
