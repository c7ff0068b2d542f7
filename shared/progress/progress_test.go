package progress

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestNone(t *testing.T) {
	root := t.TempDir()
	r, err := Read(root)
	if err != nil || r.Played == nil || len(r.Played) > 0 {
		t.Errorf("%v, %v", r, err)
	}
	if entries, _ := os.ReadDir(root); len(entries) > 0 {
		t.Errorf("Read made %v", entries)
	}
}

func TestWriteRead(t *testing.T) {
	root := t.TempDir()
	for _, want := range []Record{
		{Played: map[string]time.Time{"01-udp-parity": noon}},
		{Played: map[string]time.Time{"01-udp-parity": noon.Add(time.Hour), "02-tcp-ok-bye": noon}}, // over the first
		{Passed: map[string]time.Time{"01-udp-parity/letters": noon}, Hints: map[string]int{"01-udp-parity/letters": 2}},
		{},
	} {
		if err := want.Write(root); err != nil {
			t.Fatal(err)
		}
		got, err := Read(root)
		if err != nil || got.Played == nil || !maps.Equal(got.Played, want.Played) ||
			!maps.Equal(got.Passed, want.Passed) || !maps.Equal(got.Hints, want.Hints) {
			t.Errorf("wrote %v, read %v, %v", want, got, err)
		}
	}
	alone(t, root)
}

// TestReadable checks what a student finds in the file.
func TestReadable(t *testing.T) {
	root := t.TempDir()
	if err := (Record{Played: map[string]time.Time{"01-udp-parity": noon}}).Write(root); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file(root))
	want := "{\n\t\"played\": {\n\t\t\"01-udp-parity\": \"2026-01-02T12:00:00Z\"\n\t}\n}\n"
	if string(got) != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// TestOdd reads files that nobody wrote with Write.
func TestOdd(t *testing.T) {
	for _, test := range []struct {
		text string
		ok   bool
	}{
		{`{}`, true},
		{`null`, true},
		{`{"played": null}`, true},
		{`{"played": {}, "checked": {"01-udp-parity": true}}`, true},
		{``, false},
		{`{"played": {"01-udp-parity": "2026-01-02T12:00:00Z"`, false},
		{`{"played": {"01-udp-parity": "2026-01-02T12:00:00Z", "02-tcp-ok-bye": "noon"}}`, false},
		{`[]`, false},
	} {
		root := t.TempDir()
		put(t, file(root), test.text)
		r, err := Read(root)
		if r.Played == nil || len(r.Played) > 0 {
			t.Errorf("%s: %v", test.text, r)
		}
		if test.ok != (err == nil) || err != nil && !strings.Contains(err.Error(), file(root)) {
			t.Errorf("%s: %v", test.text, err)
		}
		if b, _ := os.ReadFile(file(root)); string(b) != test.text {
			t.Errorf("%s: the file is now %s", test.text, b)
		}
	}
}

// TestCannotWrite checks that what is there survives, and nothing is left over.
func TestCannotWrite(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(file(root), "kept"), "x") // a folder: no file can take its place
	if err := (Record{}).Write(root); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(filepath.Join(file(root), "kept")); err != nil {
		t.Error(err)
	}
	alone(t, root)

	root = t.TempDir()
	put(t, filepath.Dir(file(root)), "x") // a file, where the folder should be
	if err := (Record{}).Write(root); err == nil {
		t.Error("no error")
	}
}

// alone checks that the record's folder holds nothing but the record.
func alone(t *testing.T, root string) {
	t.Helper()
	var names []string
	entries, err := os.ReadDir(filepath.Dir(file(root)))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if err != nil || len(names) != 1 || names[0] != filepath.Base(file(root)) {
		t.Errorf("%v, %v", names, err)
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), fs.ModePerm); err != nil {
		t.Fatal(err)
	}
}
