package lesson

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bothends/shared/lesson/lessontest"
)

// course makes a course of one lesson, with a cache folder of its own.
func course(t *testing.T) Lesson {
	t.Helper()
	env, err := lessontest.Env(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	env["GOFLAGS"], env["GOWORK"] = "", "off"
	for name, value := range env {
		t.Setenv(name, value)
	}
	root := t.TempDir()
	write(t, root, "go.mod", "module bothends\n\ngo 1.26\n")
	return Lesson{1, "01-x", filepath.Join(root, "lessons", "01-x")}
}

// source is a program that says what it is told to. It imports nothing: that
// is soon compiled and linked.
func source(says string) string {
	return fmt.Sprintf("package main\n\nfunc main() { println(%q) }\n", says)
}

// says runs a program and returns what it printed.
func says(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command(path).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return strings.TrimSpace(string(out))
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestBuild(t *testing.T) {
	lessontest.Slow(t)
	l := course(t)
	write(t, l.Dir, "server/main.go", source("server 1"))
	write(t, l.Dir, "client/main.go", source("client 1"))
	first, err := l.Build(Pair...)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"server 1", "client 1"} {
		if got := says(t, first[i]); got != want {
			t.Errorf("%s says %q, want %q", Pair[i], got, want)
		}
	}

	// A byte more at the end does no harm, and shows that nobody made the
	// client again, while the server has changed.
	f, err := os.OpenFile(first[1], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "!")
	f.Close()
	server, client := stat(t, first[0]), stat(t, first[1])
	write(t, l.Dir, "server/main.go", source("server 2"))
	second, err := l.Build(Pair...)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(second, " ") != strings.Join(first, " ") {
		t.Errorf("built %q, and then %q", first, second)
	}
	if got := says(t, second[0]); got != "server 2" {
		t.Errorf("the changed server says %q", got)
	}
	if os.SameFile(server, stat(t, second[0])) {
		t.Error("the server that may be running was written to, not replaced")
	}
	if now := stat(t, second[1]); !os.SameFile(client, now) || now.Size() != client.Size() {
		t.Error("the client, which has not changed, was linked again")
	}

	// A program further down has the same name, and a place of its own.
	write(t, l.Dir, "wrong/hasty/server/main.go", source("hasty"))
	hasty, err := l.Program("wrong/hasty/server")
	if err != nil {
		t.Fatal(err)
	}
	if got := says(t, hasty) + ", " + says(t, first[0]); got != "hasty, server 2" {
		t.Errorf("the two servers say %q", got)
	}
	if _, err := l.Build("server", "wrong/hasty/server"); err == nil || !strings.Contains(err.Error(), "two programs named server") {
		t.Errorf("two programs of one name: error %v", err)
	}

	// Each program is built once.
	if err := os.RemoveAll(filepath.Join(l.Dir, "wrong")); err != nil {
		t.Fatal(err)
	}
	if again, err := l.Program("wrong/hasty/server"); err != nil || again != hasty {
		t.Errorf("asked again: got %q, error %v; want %q", again, err, hasty)
	}
	if _, err := l.Program("wrong/lazy/server"); err == nil || !strings.Contains(err.Error(), "lazy") {
		t.Errorf("no such program: error %v, want one that names it", err)
	}

	// What the compiler says is passed on, and the old program stays.
	write(t, l.Dir, "server/main.go", "package main\n\nfunc main() { oops() }\n")
	if _, err := l.Build("server"); err == nil || !strings.Contains(err.Error(), "main.go:3:15: undefined: oops") {
		t.Errorf("the error is %v, want the compiler's words", err)
	}
	if got := says(t, first[0]); got != "server 2" {
		t.Errorf("after a failed build, the server says %q", got)
	}

	// Nothing lies about.
	left, err := filepath.Glob(filepath.Join(filepath.Dir(first[0]), "build-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, error %v", left, err)
	}
}

// TestCurrent checks that a program is built when it has changed since it was
// linked, and that no go command is started for it when it has not.
func TestCurrent(t *testing.T) {
	lessontest.Slow(t)
	l := course(t)
	write(t, l.Dir, "server/main.go", source("server 1"))
	write(t, l.Dir, "client/main.go", source("client 1"))
	current := func() string { // as a new process sees it
		t.Helper()
		listed.Delete(filepath.Dir(l.Dir))
		paths, err := l.current(Pair...)
		if err != nil {
			t.Fatal(err)
		}
		return says(t, paths[0]) + ", " + says(t, paths[1])
	}
	if got := current(); got != "server 1, client 1" {
		t.Errorf("not yet built: %s", got)
	}
	write(t, l.Dir, "server/main.go", source("server 2"))
	if got := current(); got != "server 2, client 1" {
		t.Errorf("the server has changed: %s", got)
	}
	write(t, l.Dir, "server/main.go", source("server 1"))
	if _, err := l.Build("server"); err != nil { // by another process
		t.Fatal(err)
	}
	if got := current(); got != "server 1, client 1" {
		t.Errorf("the server has changed back: %s", got)
	}

	// A package that the program does not import itself changes nothing in it.
	root := filepath.Dir(filepath.Dir(l.Dir))
	write(t, root, "near/near.go", "package near\n\nimport \"bothends/far\"\n\nfunc Say() { far.Say() }\n")
	write(t, l.Dir, "server/main.go", "package main\n\nimport \"bothends/near\"\n\nfunc main() { near.Say() }\n")
	for _, word := range []string{"one", "two"} {
		write(t, root, "far/far.go", fmt.Sprintf("package far\n\n//go:noinline\nfunc Say() { println(%q) }\n", word))
		if got := current(); got != word+", client 1" {
			t.Errorf("a package further off has changed to %s: %s", word, got)
		}
	}
	write(t, l.Dir, "server/main.go", source("server 1"))

	write(t, l.Dir, "client/main.go", "package main\n\nfunc main() { oops() }\n")
	listed.Delete(filepath.Dir(l.Dir))
	if _, err := l.current(Pair...); err == nil || !strings.Contains(err.Error(), "undefined: oops") {
		t.Errorf("the error is %v, want the compiler's words", err)
	}
	write(t, l.Dir, "client/main.go", source("client 1"))
	current()
	t.Setenv("PATH", "") // no go command
	if _, err := l.current(Pair...); err != nil {
		t.Errorf("nothing has changed: %v", err)
	}
}
