//go:build unix

package lesson

import (
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// An outlet is a pipe into which a program prints. Unlike package exec's, it can
// be drained: what the program has printed by now is read at once, and not when
// the scheduler comes round to it.
type outlet struct {
	r, w *os.File
	to   io.Writer
	done chan struct{} // closed when all has been read

	mu  sync.Mutex // guards reading and writing on
	buf []byte
}

// pipeSize is what a pipe holds, and so the most that a program can have printed
// that is not read yet.
const pipeSize = 64 << 10

// attach gives the command pipes of ours for what it prints.
func attach(cmd *exec.Cmd) ([]*outlet, error) {
	var all []*outlet
	open := func(to io.Writer) (io.Writer, error) {
		if _, ok := to.(*os.File); ok || to == nil {
			return to, nil
		}
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		all = append(all, &outlet{r: r, w: w, to: to, done: make(chan struct{}), buf: make([]byte, pipeSize)})
		return w, nil
	}
	same := cmd.Stderr == cmd.Stdout
	var err error
	if cmd.Stdout, err = open(cmd.Stdout); err == nil {
		if same {
			cmd.Stderr = cmd.Stdout
		} else {
			cmd.Stderr, err = open(cmd.Stderr)
		}
	}
	if err != nil {
		release(all)
	}
	return all, err
}

// release closes pipes into which no program prints.
func release(all []*outlet) {
	for _, o := range all {
		o.r.Close()
		o.w.Close()
	}
}

// started begins to read: the program has its end of the pipe.
func started(all []*outlet) {
	for _, o := range all {
		o.w.Close()
		go o.run()
	}
}

// run reads to the end.
func (o *outlet) run() {
	defer close(o.done)
	defer o.r.Close()
	conn, err := o.r.SyscallConn()
	if err != nil {
		return
	}
	conn.Read(func(fd uintptr) bool {
		for {
			if n, err := o.take(fd); err != nil {
				return err != syscall.EAGAIN // and it is called again when there is more
			} else if n == 0 {
				return true
			}
		}
	})
}

// take reads once, and writes that on.
func (o *outlet) take(fd uintptr) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		n, err = syscall.Read(int(fd), o.buf)
		if err == syscall.EINTR {
			continue
		}
		if n > 0 {
			_, err = o.to.Write(o.buf[:n]) // if nobody wants it, the program gets to know
		}
		return n, err
	}
}

// finish waits until all has been read of a program that has ended, or as long
// as d, for its children may hold the pipe.
func finish(all []*outlet, d time.Duration) {
	late := time.After(d)
	for _, o := range all {
		select {
		case <-o.done:
			continue
		case <-late:
		}
		for _, o := range all {
			o.r.SetReadDeadline(time.Unix(1, 0))
			<-o.done
		}
		return
	}
}

// drain reads what has been printed by now.
func drain(all []*outlet) {
	for _, o := range all {
		conn, err := o.r.SyscallConn()
		if err != nil {
			continue
		}
		conn.Control(func(fd uintptr) {
			for left := pipeSize; left > 0; {
				n, err := o.take(fd)
				if n <= 0 || err != nil {
					return
				}
				left -= n
			}
		})
	}
}
