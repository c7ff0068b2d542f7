//go:build unix

package lesson

import (
	"bytes"
	"os/exec"
	"sync"
	"testing"

	"bothends/shared/lesson/lessontest"
)

// TestBuildAtOnce builds two programs of one name, each twice, at once, while
// an older one runs. Windows would not let go of that.
func TestBuildAtOnce(t *testing.T) {
	lessontest.Slow(t)
	l := course(t)
	write(t, l.Dir, "server/main.go", `package main

import "os"

func main() {
	os.Stdin.Read(make([]byte, 1))
	println("old")
}
`)
	paths, err := l.Build("server")
	if err != nil {
		t.Fatal(err)
	}

	// The old one runs, and waits for the end of its input.
	var out bytes.Buffer
	cmd := exec.Command(paths[0])
	cmd.Stderr = &out
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
	write(t, l.Dir, "wrong/hasty/server/main.go", source("hasty"))
	var wg sync.WaitGroup
	for range 2 {
		for name, want := range map[string]string{"server": "new", "wrong/hasty/server": "hasty"} {
			wg.Go(func() {
				paths, err := l.Build(name)
				if err != nil {
					t.Error(err)
				} else if got := says(t, paths[0]); got != want {
					t.Errorf("%s says %q, want %q", name, got, want)
				}
			})
		}
	}
	wg.Wait()
	keyboard.Close()
	if err := p.Wait(t.Context()); err != nil || out.String() != "old\n" {
		t.Errorf("the old server printed %q, and ended with %v", &out, err)
	}
}
