//go:build unix

package lesson

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestSignalStatus(t *testing.T) {
	cmd := program("out=ready\n", "read")
	keyboard(t, cmd)
	p := start(t, cmd)
	p.FirstLine(t.Context())
	p.Interrupt()
	if err := p.Wait(t.Context()); Status(err) != 130 {
		t.Errorf("interrupted: %v, status %d", err, Status(err))
	}

	cmd = program("out=ready\n", "read")
	keyboard(t, cmd)
	p = start(t, cmd)
	p.Kill()
	if err := p.Wait(t.Context()); Status(err) != 137 {
		t.Errorf("killed: %v, status %d", err, Status(err))
	}
	if p.Interrupt() == nil {
		t.Error("a program that has ended took an interrupt")
	}
}

// TestChildren kills a program, or interrupts it, and finds its child gone too.
func TestChildren(t *testing.T) {
	for name, stop := range map[string]func(*Program){
		"kill":      func(p *Program) { p.Kill() },
		"interrupt": func(p *Program) { p.Interrupt() },
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		cmd := program("child", "out=ready\n", "read")
		cmd.Stderr = w // which the child has, too
		keyboard(t, cmd)
		p := start(t, cmd)
		w.Close()
		p.FirstLine(t.Context())
		stop(p)
		<-p.Done()
		r.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("%s: somebody is there still: %v", name, err)
		}
	}
}

func TestDump(t *testing.T) {
	var out bytes.Buffer
	cmd := program("out=ready\n", "read")
	cmd.Stdout, cmd.Stderr = &out, &out
	keyboard(t, cmd)
	p := start(t, cmd)
	p.FirstLine(t.Context())
	if err := p.Dump(); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if !strings.Contains(out.String(), "\ngoroutine 1 ") {
		t.Errorf("it printed %s", &out)
	}
}

func TestChildrenLeftBehindAreKilled(t *testing.T) {
	// The child holds the write end of a pipe for life: its end is ours to see.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("sh", "-c", "sleep 60 >/dev/null 2>&1 &")
	cmd.ExtraFiles = []*os.File{w}
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	<-p.Done()
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the child lives: %v", err)
	}
}
