package lesson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write writes a file below dir, and the folders on the way to it.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestRoot(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir()) // as the working folder is told
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "course/go.mod", "module bothends\r\n\r\ngo 1.26\r\n")
	write(t, dir, "course/_work/go.mod", "module bothends/work\n")
	write(t, dir, "course/_work/01/main.go", "package main\n")
	course := filepath.Join(dir, "course")
	for _, from := range []string{"course", "course/_work", "course/_work/01"} {
		t.Chdir(filepath.Join(dir, filepath.FromSlash(from)))
		if got, err := Root(); err != nil || got != course {
			t.Errorf("from %s: got %q, error %v; want %q", from, got, err, course)
		}
	}
	t.Chdir(filepath.VolumeName(dir) + string(filepath.Separator))
	if got, err := Root(); err == nil || !strings.Contains(err.Error(), "change to your clone") {
		t.Errorf("outside: got %q, error %v; want what to do", got, err)
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{
		"10-echo/main.go", "02-tcp/main.go", "01-udp/main.go",
		"1-short/x", "003-long/x", "04_under/x", "notes/x",
	} {
		write(t, root, "lessons/"+name, "")
	}
	write(t, root, "lessons/05-file", "") // not a folder

	all, err := All(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
		if want := filepath.Join(root, "lessons", l.Name); l.Dir != want {
			t.Errorf("%s is in %s, want %s", l.Name, l.Dir, want)
		}
	}
	if got, want := strings.Join(names, " "), "01-udp 02-tcp 10-echo"; got != want {
		t.Errorf("all: got %s, want %s", got, want)
	}

	for name, want := range map[string]int{"1": 1, "01": 1, "01-udp": 1, "10": 10, "10-echo": 10} {
		if l, err := Find(root, name); err != nil || l.Number != want {
			t.Errorf("find %s: got lesson %d, error %v; want %d", name, l.Number, err, want)
		}
	}
	for _, name := range []string{"", "0", "3", "05", "udp", "01-", "01-udp/server"} {
		if l, err := Find(root, name); err == nil || !strings.Contains(err.Error(), "there is no lesson "+name) {
			t.Errorf("find %q: got %v, error %v; want an error that names it", name, l, err)
		}
	}
	if _, err := Find(t.TempDir(), "1"); err == nil {
		t.Error("no folder lessons, and no error")
	}
}

func TestQuestion(t *testing.T) {
	for page, want := range map[string]string{
		"# One\n\nWhat is\na socket?\n\nMore.\n":              "What is a socket?",
		"# One\r\n\r\n**What is\r\na  socket?**\r\n\r\nMore.": "What is a socket?",
		"<!-- badge -->\n\n# One\nWhat now?":                  "What now?",
		"# One\n":                                             "",
		"One\n\nWhat is it?\n":                                "",
		"":                                                    "",
	} {
		l := Lesson{Dir: t.TempDir()}
		write(t, l.Dir, "README.md", page)
		got, err := l.Question()
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q\ngot:  %q, error %v\nwant: %q", page, got, err, want)
		}
	}
	if _, err := (Lesson{Dir: t.TempDir()}).Question(); err == nil {
		t.Error("no page, and no error")
	}
}

func TestAddress(t *testing.T) {
	for line, want := range map[string]string{
		"listening on 127.0.0.1:20000":       "127.0.0.1:20000",
		"listening on [::]:8008":             "[::]:8008",
		"listening on localhost:1":           "localhost:1",
		"Listening on 127.0.0.1:20000":       "",
		"listening on 127.0.0.1":             "",
		"listening on 127.0.0.1:20000.":      "",
		"smtp: listening on 127.0.0.1:20000": "",
		"":                                   "",
	} {
		if got, ok := Address(line); got != want || ok != (want != "") {
			t.Errorf("Address(%q): got %q, %v; want %q", line, got, ok, want)
		}
	}
}

// TestExercises finds them in the order of the page.
func TestExercises(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "lessons/01-x/README.md", "# X\n\nWith **a.** in mind:\n\n**b.** First.\n\n**a.** Then.\n")
	for _, name := range []string{"a", "b"} {
		write(t, dir, "lessons/01-x/exercises/"+name+"/hints.txt", "Think.\n")
	}
	l, err := Find(dir, "1")
	if err != nil {
		t.Fatal(err)
	}
	if names, err := l.Exercises(); err != nil || strings.Join(names, " ") != "b a" {
		t.Errorf("%q, error %v", names, err)
	}
}
