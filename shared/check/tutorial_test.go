package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson"
	"bothends/shared/lesson/lessontest"
	"bothends/shared/script"
)

// TestTutorials checks programs as tutorials have them, in Python and in Node:
// they keep what a lesson promises, though nothing more.
func TestTutorials(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	root, err := lesson.Root()
	if err != nil {
		t.Fatal(err)
	}
	lessons, err := lesson.All(root)
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		for _, role := range lesson.Pair {
			for ext, command := range map[string]string{".py": "python3", ".js": "node"} {
				t.Run(l.Name+"/"+role+ext, func(t *testing.T) {
					t.Parallel()
					program := filepath.Join(here, l.Name, role+ext)
					if _, err := os.Stat(program); err != nil {
						t.Fatal(err)
					}
					_, err := exec.LookPath(command)
					lessontest.Need(t, err)
					files, err := Checks(filepath.Join(l.Dir, "checks"), []string{role})
					if err != nil || len(files) == 0 {
						t.Fatalf("no checks, error %v", err)
					}
					r := &Report{Title: l.Name, Page: "README.md"}
					err = r.Run(files, script.Foreign{
						Command: func(string) ([]string, error) { return []string{command, program, "{host}", "{port}"}, nil },
						Dir:     here, Start: 10 * time.Second, Patience: 10 * time.Second,
					}, t.TempDir())
					if err != nil {
						t.Fatal(err)
					}
					if r.Failed() != nil {
						var b strings.Builder
						r.Text(&b, Full)
						t.Error(b.String())
					}
				})
			}
		}
	}
}
