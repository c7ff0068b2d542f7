package lessons

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bothends/shared/check"
	"bothends/shared/lesson"
	"bothends/shared/lesson/lessontest"
	"bothends/shared/script"

	"github.com/rogpeppe/go-internal/diff"
)

// TestChecks checks that a lesson's own programs keep every promise, that its
// twins in Python keep those of a plain program, that an exercise's starter
// breaks the one it is about and its solution none, and that of each program
// with a known mistake, the checker says what is recorded beside it: in wrong/
// those that break a promise, in wrong/tough those that keep them all. All but the
// first takes long, for much of it is waiting in vain: it is done in CI, or with
//
//	go test ./lessons -everything
//	go test ./lessons -everything -run Checks/01-udp-parity/wrong
func TestChecks(t *testing.T) {
	t.Parallel()
	for _, l := range all(t) {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			for _, role := range lesson.Pair {
				t.Run(role, func(t *testing.T) {
					t.Parallel()
					dirs := []string{"checks", "checks/tough"}
					if !*everything {
						dirs = dirs[:1]
					}
					passes(t, l, role, dirs...)
				})
			}
			if !*everything && !*update {
				return
			}
			for _, role := range lesson.Pair {
				t.Run("python/"+role, func(t *testing.T) {
					t.Parallel()
					passes(t, l, "python/"+role+".py", "checks")
				})
			}
			for _, dir := range below(t, l, "wrong") {
				if path.Base(dir) == "tough" {
					continue
				}
				t.Run(dir, func(t *testing.T) {
					t.Parallel()
					name := program(t, l, dir)
					fails(t, l, name, name, dir+"/diagnosis.txt", "checks")
				})
			}
			for _, dir := range below(t, l, "wrong/tough") {
				t.Run(dir, func(t *testing.T) {
					t.Parallel()
					name := program(t, l, dir)
					passes(t, l, name, "checks")
					fails(t, l, name, name, dir+"/diagnosis.txt", "checks/tough")
				})
			}
			for _, dir := range below(t, l, "exercises") {
				t.Run(dir, func(t *testing.T) {
					t.Parallel()
					starter := program(t, l, dir+"/starter")
					shown := "./_work/" + l.Name + strings.TrimPrefix(dir, "exercises") + "/" + check.Role(starter)
					fails(t, l, starter, shown, dir+"/starter.txt", dir+"/checks")
					passes(t, l, program(t, l, dir+"/solution"), dir+"/checks")
				})
			}
		})
	}
}

// below returns the folders in one of the lesson's: wrong/letters, …
func below(t *testing.T, l lesson.Lesson, dir string) []string {
	entries, err := os.ReadDir(filepath.Join(l.Dir, dir))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, dir+"/"+e.Name())
		}
	}
	return names
}

// program returns the one program in a folder: server, client.py, server.c.
func program(t *testing.T, l lesson.Lesson, dir string) string {
	t.Helper()
	var found []string
	for _, role := range lesson.Pair {
		for _, name := range []string{role, role + ".py", role + ".c"} {
			if _, err := os.Stat(filepath.Join(l.Dir, dir, name)); err == nil {
				found = append(found, dir+"/"+name)
			}
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s has the programs %q, want one", dir, found)
	}
	return found[0]
}

// passes fails unless a program keeps every promise that the folders check.
func passes(t *testing.T, l lesson.Lesson, name string, dirs ...string) {
	t.Helper()
	r := checked(t, l, name, name, script.Foreign{Start: 10 * time.Second, Patience: 10 * time.Second}, dirs)
	if r.Failed() != nil {
		t.Error(text(r))
	}
}

// fails fails unless the report on a program, which is shown as started by a
// certain command, is the one recorded in a file.
func fails(t *testing.T, l lesson.Lesson, name, shown, golden string, dirs ...string) {
	t.Helper()
	golden = filepath.Join(l.Dir, filepath.FromSlash(golden))
	f := script.Foreign{Start: 5 * time.Second, Patience: 2 * time.Second, Moment: 2 * time.Second, Limit: 10 * time.Second}
	r := checked(t, l, name, shown, f, dirs)
	got := text(r)
	if r.Failed() == nil {
		t.Errorf("%s passes", name)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(string(want), "\r\n", "\n"); got != want {
		t.Errorf("%s", diff.Diff("recorded", []byte(want), "reported", []byte(got)))
	}
}

// checked runs the checks for the role of a program.
func checked(t *testing.T, l lesson.Lesson, name, shown string, f script.Foreign, dirs []string) *check.Report {
	t.Helper()
	role := check.Role(name)
	var files []string
	for _, dir := range dirs {
		found, err := check.Checks(filepath.Join(l.Dir, filepath.FromSlash(dir)), []string{role})
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Fatalf("nothing checks %s", name)
	}
	argv := commandOf(t, l, name)
	title := l.Name
	if dir, ok := strings.CutPrefix(dirs[0], "exercises/"); ok {
		title += "/" + strings.TrimSuffix(dir, "/checks")
	}
	r := &check.Report{Title: title, Page: "lessons/" + l.Name + "/README.md", Commands: map[string]string{role: shown}}
	f.Command = func(string) ([]string, error) { return slices.Clone(argv), nil }
	f.Dir = l.Dir
	err := r.Run(files, f, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// commandOf returns the command line that runs a program of the lesson.
func commandOf(t *testing.T, l lesson.Lesson, name string) []string {
	t.Helper()
	source := filepath.Join(l.Dir, filepath.FromSlash(name))
	switch filepath.Ext(name) {
	case ".py":
		info, err := os.Stat(source) // so that the go command knows of it
		if err != nil || info.IsDir() {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.HasPrefix(name, "python/") { // as one would start it
			return []string{python(t), name}
		}
		return []string{python(t), name, "{host}", "{port}"}
	case ".c":
		if _, err := os.ReadFile(source); err != nil {
			t.Fatal(err)
		}
		exe := filepath.Join(t.TempDir(), "program")
		if out, err := exec.Command(tool(t, "cc"), "-Wall", "-o", exe, source).CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("cc: %v\n%s", err, out)
		}
		return []string{exe, "{host}", "{port}"}
	}
	exe, err := l.Program(name)
	if err != nil {
		t.Fatal(err)
	}
	return []string{exe}
}

// python returns the path of the interpreter itself: what one types may be a
// script that takes longer to find it than a check takes.
func python(t *testing.T) string {
	t.Helper()
	name := tool(t, "python3")
	if path := interpreter(); path != "" {
		return path
	}
	return name
}

var interpreter = sync.OnceValue(func() string {
	out, _ := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	return strings.TrimSpace(string(out))
})

// tool returns the path of a program that this test needs. Where there is none,
// it is skipped, but not in CI.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	lessontest.Need(t, err)
	return path
}

var (
	somePort = regexp.MustCompile(`\b[1-6]\d{4}\b`)
	someTime = regexp.MustCompile(`\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\b`)
	someDate = regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b`)
)

// text is a report for people, the same each time.
func text(r *check.Report) string {
	var b bytes.Buffer
	r.Text(&b, check.Full)
	s := someTime.ReplaceAllStringFunc(b.String(), func(s string) string {
		t, err := time.Parse(time.ANSIC, s)
		if err != nil || time.Since(t).Abs() > 48*time.Hour {
			return s // it is the same each time
		}
		return "Day Mon dd hh:mm:ss yyyy"
	})
	s = someDate.ReplaceAllString(s, "yyyy-mm-dd hh:mm:ss")
	return somePort.ReplaceAllString(s, "PORT")
}

// TestSee checks that the headings exist which the checks refer to.
func TestSee(t *testing.T) {
	for _, l := range all(t) {
		page, err := os.ReadFile(filepath.Join(l.Dir, "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		headings := map[string]bool{}
		for line := range strings.Lines(string(page)) {
			if title := strings.TrimLeft(line, "#"); title != line {
				headings[strings.TrimSpace(title)] = true
			}
		}
		var files []string
		for _, pattern := range []string{"checks/*.txtar", "checks/tough/*.txtar", "exercises/*/checks/*.txtar"} {
			found, err := filepath.Glob(filepath.Join(l.Dir, filepath.FromSlash(pattern)))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, found...)
		}
		for _, file := range files {
			phases, err := check.Phases(file)
			if err != nil {
				t.Error(err)
			}
			for _, p := range phases {
				if p.Hint == "" || p.See == "" {
					t.Errorf("%s: %q has no hint, or does not say what to see", file, p.Name)
				} else if !headings[p.See] {
					t.Errorf("%s: %q: the page has no heading %q", file, p.Name, p.See)
				}
			}
		}
	}
}

// TestHints checks that each exercise has hints.
func TestHints(t *testing.T) {
	for _, l := range all(t) {
		names, err := l.Exercises()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			e, err := check.FindExercise(l, name)
			if err != nil {
				t.Fatal(err)
			}
			if hints, err := e.Hints(); err != nil || len(hints) < 2 {
				t.Errorf("%s: hints %q, error %v", e.Title(), hints, err)
			}
			if text, err := e.Solution(); err != nil || !strings.Contains(text, "main.go --\n") {
				t.Errorf("%s: solution %.40q, error %v", e.Title(), text, err)
			}
		}
		if page, err := os.ReadFile(filepath.Join(l.Dir, "README.md")); err != nil {
			t.Fatal(err)
		} else {
			for _, name := range names {
				if want := fmt.Sprintf("./scripts/check %s/%s", l.Name[:2], name); !bytes.Contains(page, []byte(want)) {
					t.Errorf("the page of %s does not show: go run %s", l.Name, want)
				}
			}
		}
	}
}
