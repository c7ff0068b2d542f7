//go:build unix

package lesson

import (
	"bytes"
	"os/exec"
	"sync"
	"testing"
)

// TestBuildAtOnce builds a program several times at once, while an older one
// runs. Windows would not let go of that.
func TestBuildAtOnce(t *testing.T) {
	l := course(t)
	write(t, l.Dir, "server/main.go", source("old"))
	paths, err := l.Build("server")
	if err != nil {
		t.Fatal(err)
	}

	// The old one runs, and has its input open.
	var out bytes.Buffer
	cmd := exec.Command(paths[0])
	cmd.Stdout = &out
	keyboard, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)

	write(t, l.Dir, "server/main.go", source("new"))
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := l.Build("server"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := says(t, paths[0]); got != "new" {
		t.Errorf("the new server says %q", got)
	}
	keyboard.Close()
	if err := p.Wait(t.Context()); err != nil || out.String() != "old\n" {
		t.Errorf("the old server printed %q, and ended with %v", &out, err)
	}
}
