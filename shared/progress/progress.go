// Package progress remembers what a student has done, in one file of the clone
// that git ignores.
package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A Record is what is remembered.
type Record struct {
	// Played says when a lesson, by its name, was last played to its end.
	Played map[string]time.Time `json:"played"`
	// Passed says when something last passed its checks: a student's own
	// program (01-udp-parity/server) or exercise (01-udp-parity/letters).
	Passed map[string]time.Time `json:"passed,omitempty"`
	// Hints says how many hints an exercise has given.
	Hints map[string]int `json:"hints,omitempty"`
}

func empty() Record {
	return Record{Played: map[string]time.Time{}, Passed: map[string]time.Time{}, Hints: map[string]int{}}
}

func file(root string) string { return filepath.Join(root, "_work", "progress.json") }

// Read returns the record kept below root. Without one, the record is empty;
// so it is with an error, which is that of the file system, or of package json
// with the name of the file.
func Read(root string) (Record, error) {
	r := empty()
	b, err := os.ReadFile(file(root))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		if err = json.Unmarshal(b, &r); err != nil {
			err = fmt.Errorf("%s: %w", file(root), err)
		}
	}
	if err != nil {
		return empty(), err
	}
	if r.Played == nil { // where the file says null
		r.Played = map[string]time.Time{}
	}
	if r.Passed == nil {
		r.Passed = map[string]time.Time{}
	}
	if r.Hints == nil {
		r.Hints = map[string]int{}
	}
	return r, nil
}

// Write keeps r below root. Whenever it is cut off, either the old record is
// there whole or the new one.
func (r Record) Write(root string) error {
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file(root)), 0o755); err != nil {
		return err
	}
	aside, err := os.CreateTemp(filepath.Dir(file(root)), "progress-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name())
	_, err = aside.Write(append(b, '\n'))
	if err == nil {
		err = aside.Sync()
	}
	if err := errors.Join(err, aside.Close()); err != nil {
		return err
	}
	return os.Rename(aside.Name(), file(root))
}
