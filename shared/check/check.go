// Package check runs the checks of a lesson or an exercise against anybody's
// programs, in any language, and says what is wrong with them.
//
// Checks are scripts (package script) that see only what crosses the wire. The
// file's name says whose they are: server.txtar checks a server, and
// client-late.txtar a client. A comment begins a phase, which is one promise:
//
//	# An odd number of bytes gets Err.
//	# Hint: Count bytes, not letters.
//	# See: The server
//	send anna three
//	recv anna Err
//
// The first lines are the promise. Hint, a line, is for who breaks it; See
// names a heading of the lesson's page.
package check

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"bothends/shared/script"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

// A Status is how a phase went.
type Status int

const (
	NotRun Status = iota // an earlier phase failed
	Passed
	Failed
)

func (s Status) String() string { return [...]string{"not run", "ok", "FAIL"}[s] }

// A Phase is one promise that a program keeps or breaks.
type Phase struct {
	Role      string // server or client
	Name      string // the promise
	Hint, See string // or ""
	Status    Status
	Failure   *script.Failure // if it failed

	file        string
	first, last int // lines of the file
}

// A Report is what checks found.
type Report struct {
	Title    string            // what was checked: 01-udp-parity/letters
	Page     string            // the lesson's page, as one would open it
	Commands map[string]string // role → command line, as it was given
	Phases   []Phase
	Took     time.Duration
	// Err says why nothing could be checked: for JSON and JUnit only.
	Err error
}

// Failed returns the phase that failed, or nil.
func (r *Report) Failed() *Phase {
	for i := range r.Phases {
		if r.Phases[i].Status == Failed {
			return &r.Phases[i]
		}
	}
	return nil
}

// Role returns whose checks a file holds: server or client, or "".
func Role(file string) string {
	for _, role := range []string{"server", "client"} {
		if strings.HasPrefix(filepath.Base(file), role) {
			return role
		}
	}
	return ""
}

// Run runs checks, file by file, up to the first failure, and sets the report's
// phases. f says how programs run; its Report is not used. Files that the
// scripts need lie in work, a folder. The error is our own fault, not that of
// what is checked.
func (r *Report) Run(files []string, f script.Foreign, work string) error {
	began := time.Now()
	defer func() { r.Took = time.Since(began) }()
	for _, file := range files {
		phases, err := Phases(file)
		if err != nil {
			return err
		}
		r.Phases = append(r.Phases, phases...)
	}
	for _, file := range files {
		if err := r.run(file, f, work); err != nil {
			return err
		}
		if r.Failed() != nil {
			return nil
		}
	}
	return nil
}

// run runs one file of checks.
func (r *Report) run(file string, f script.Foreign, work string) error {
	var failure *script.Failure
	f.Report = func(f script.Failure) { failure = &f }
	p := f.Params()
	p.Files = []string{file}
	p.WorkdirRoot = work
	t := &stage{}
	t.Run("", func(t testscript.T) { testscript.RunT(t, p) })
	line := len(t.log.Bytes()) // behind all phases
	if t.failed {
		// What the programs printed stands below it, if anywhere.
		_, rest, _ := strings.Cut(t.log.String(), "\nFAIL: "+file+":")
		number, _, _ := strings.Cut(rest, ":")
		var err error
		if line, err = strconv.Atoi(number); err != nil || failure == nil {
			return fmt.Errorf("%s failed by itself:\n%s", file, &t.log)
		}
	}
	for i := range r.Phases {
		switch p := &r.Phases[i]; {
		case p.file != file || p.first > line:
		case p.last < line:
			p.Status = Passed
		default:
			p.Status, p.Failure = Failed, failure
		}
	}
	return nil
}

// Phases reads the phases of a file of checks.
func Phases(file string) ([]Phase, error) {
	role := Role(file)
	if role == "" {
		return nil, fmt.Errorf("%s: the name must begin with server or client", file)
	}
	a, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	var all []Phase
	begun := false // the line before this one is a comment
	for i, line := range strings.Split(string(a.Comment), "\n") {
		text, comment := strings.CutPrefix(line, "#")
		text = strings.TrimSpace(text)
		switch {
		case comment && !begun:
			all = append(all, Phase{Role: role, Name: text, file: file, first: i + 1})
		case comment:
			p := &all[len(all)-1]
			if hint, ok := strings.CutPrefix(text, "Hint: "); ok {
				p.Hint = hint
			} else if see, ok := strings.CutPrefix(text, "See: "); ok {
				p.See = see
			} else {
				p.Name += " " + text
			}
		case text != "" && len(all) == 0:
			return nil, fmt.Errorf("%s:%d: say in a comment above what is promised", file, i+1)
		}
		if word := strings.TrimLeft(text, "!? "); strings.HasPrefix(word, "stop") || strings.HasPrefix(word, "[") {
			return nil, fmt.Errorf("%s:%d: checks have no conditions, and do not stop", file, i+1)
		}
		if begun = comment; len(all) > 0 {
			all[len(all)-1].last = i + 1
		}
	}
	if len(all) == 0 {
		return nil, errors.New(file + " promises nothing")
	}
	return all, nil
}

// A stage is where testscript runs one script outside of go test.
type stage struct {
	failed bool
	log    bytes.Buffer
}

func (t *stage) Skip(args ...any)  { t.Fatal(args...) } // a promise is not kept by looking away
func (t *stage) Fatal(args ...any) { t.Log(args...); t.FailNow() }
func (t *stage) FailNow()          { t.failed = true; runtime.Goexit() }
func (t *stage) Log(args ...any)   { fmt.Fprintln(&t.log, args...) }
func (t *stage) Parallel()         {}
func (t *stage) Verbose() bool     { return false }

func (t *stage) Run(_ string, f func(testscript.T)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(t)
	}()
	<-done
}
