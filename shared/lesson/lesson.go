// Package lesson finds the lessons, builds their programs and starts them.
//
// Everything that runs a lesson's program, be it a test, the runner or the
// checker, starts it here, and learns here where it listens.
package lesson

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Lesson is one numbered folder below lessons/.
type Lesson struct {
	Number int    // 1
	Name   string // "01-udp-parity"
	Dir    string // absolute path of its folder
}

// A Part is a run of lessons that belong together.
type Part struct {
	Title       string
	First, Last int // the numbers of its lessons, both included
}

// Parts are the parts of the course, in order.
var Parts = []Part{
	{"Two programs talk", 1, 6},
	{"Finding each other", 7, 9},
	{"From bytes to messages", 10, 15},
	{"Many clients", 16, 19},
	{"A protocol of your own", 20, 22},
	{"Out in the world", 23, 28},
}

// Root returns the folder that holds the course: the nearest one, from the
// working folder upwards, whose go.mod says "module bothends".
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if line, _, _ := strings.Cut(string(mod), "\n"); err == nil && strings.TrimSpace(line) == "module bothends" {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("this is not a folder of the course: change to your clone of it first")
		}
		dir = up
	}
}

// All returns the lessons below root, in order.
func All(root string) ([]Lesson, error) {
	entries, err := os.ReadDir(filepath.Join(root, "lessons"))
	if err != nil {
		return nil, err
	}
	var all []Lesson
	for _, e := range entries {
		digits, _, ok := strings.Cut(e.Name(), "-")
		n, err := strconv.Atoi(digits)
		if ok && err == nil && len(digits) == 2 && n > 0 && e.IsDir() {
			all = append(all, Lesson{n, e.Name(), filepath.Join(root, "lessons", e.Name())})
		}
	}
	return all, nil
}

// Find returns the lesson that name means: "1", "01" or "01-udp-parity".
func Find(root, name string) (Lesson, error) {
	all, err := All(root)
	if err != nil {
		return Lesson{}, err
	}
	n, err := strconv.Atoi(name)
	for _, l := range all {
		if l.Name == name || err == nil && l.Number == n {
			return l, nil
		}
	}
	return Lesson{}, fmt.Errorf("there is no lesson %s: go run ./scripts/run lists them", name)
}

// Exercises returns the names of the lesson's exercises, in the order in which the
// page has them.
func (l Lesson) Exercises() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(l.Dir, "exercises"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	page, err := os.ReadFile(filepath.Join(l.Dir, "README.md"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	place := func(name string) int { // on the page; -1 comes first
		return bytes.Index(page, []byte("\n**"+name+".**"))
	}
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names, nil
}

// Question returns the question that the lesson's page opens with: the first
// paragraph below its title.
func (l Lesson) Question() (string, error) {
	f, err := os.Open(filepath.Join(l.Dir, "README.md"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	var words []string
	titled := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" && len(words) > 0 {
			break
		}
		if strings.HasPrefix(line, "# ") {
			titled = true
		} else if titled {
			words = append(words, strings.Fields(line)...)
		}
	}
	if len(words) == 0 {
		return "", fmt.Errorf("%s: no question below the title", f.Name())
	}
	return strings.Trim(strings.Join(words, " "), "*"), nil
}
