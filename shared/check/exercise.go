package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bothends/shared/lesson"
)

// An Exercise is a task of a lesson. Its folder holds checks, a starter, a
// solution and hints.txt, where an empty line parts one hint from the next.
type Exercise struct {
	Lesson lesson.Lesson
	Name   string
	Dir    string
}

// FindExercise returns the lesson's exercise with a name.
func FindExercise(l lesson.Lesson, name string) (Exercise, error) {
	names, err := l.Exercises()
	if err != nil {
		return Exercise{}, err
	}
	if !slices.Contains(names, name) {
		return Exercise{}, fmt.Errorf("%s has no exercise %s: it has %s", l.Name, name, strings.Join(names, ", "))
	}
	return Exercise{l, name, filepath.Join(l.Dir, "exercises", name)}, nil
}

// Title names the exercise as progress does: 01-udp-parity/letters.
func (e Exercise) Title() string { return e.Lesson.Name + "/" + e.Name }

// Copy returns the folder of the student's copy.
func (e Exercise) Copy(root string) string {
	return filepath.Join(root, "_work", e.Lesson.Name, e.Name)
}

// Start makes the student's copy of the starter. It fails if there is one.
func (e Exercise) Start(root string) error {
	to := e.Copy(root)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already: go on with it, or move it away first", to)
		}
		return err
	}
	return os.CopyFS(to, os.DirFS(filepath.Join(e.Dir, "starter")))
}

// Hints returns the exercise's hints, in order.
func (e Exercise) Hints() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(e.Dir, "hints.txt"))
	if err != nil {
		return nil, err
	}
	var hints []string
	for _, hint := range strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n") {
		if hint = strings.TrimSpace(hint); hint != "" {
			hints = append(hints, hint)
		}
	}
	return hints, nil
}

// Solution returns the files of the solution, each with its name above.
func (e Exercise) Solution() (string, error) {
	var b strings.Builder
	files := os.DirFS(filepath.Join(e.Dir, "solution"))
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		fmt.Fprintf(&b, "-- %s --\n%s", name, text)
		return err
	})
	return b.String(), err
}

// Checks returns the checks below a folder for programs in certain roles: those
// of servers first.
func Checks(dir string, roles []string) ([]string, error) {
	var files []string
	for _, role := range []string{"server", "client"} {
		found, err := filepath.Glob(filepath.Join(dir, role+"*.txtar"))
		if err != nil {
			return nil, err
		}
		if slices.Contains(roles, role) {
			files = append(files, found...)
		}
	}
	return files, nil
}
