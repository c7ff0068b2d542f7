package script

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test's executable be every program of the scripts: each
// is a link to it, and it looks at the name by which it was called.
func TestMain(m *testing.M) {
	if act, ok := programs[strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")]; ok {
		act()
		return
	}
	os.Exit(run(m))
}

// links is the folder of the programs, and scripts that of the scripts and of
// the folders in which they run.
var links, scripts string

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "script-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	links, scripts = filepath.Join(dir, "programs"), filepath.Join(dir, "scripts")
	if err := errors.Join(os.Mkdir(links, 0o777), os.Mkdir(scripts, 0o777)); err != nil {
		log.Fatal(err)
	}
	for name := range programs {
		if err := link(name); err != nil {
			log.Fatal(err)
		}
	}
	if os.Getenv("GORACE") == "" { // or each program sleeps a second at its end
		os.Setenv("GORACE", "atexit_sleep_ms=10")
	}
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set("32") // scripts wait more than they work
	}
	yield = 100 * time.Millisecond // in these scripts, at most one end ends by itself
	return m.Run()
}

func link(name string) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // has links of this kind for everybody
		return os.Link(exe, executable(name))
	}
	return os.Symlink(exe, executable(name))
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(links, name)
}

func find(name string) (string, error) {
	if _, ok := programs[name]; !ok {
		return "", fmt.Errorf("there is no program %s", name)
	}
	return executable(name), nil
}

// play runs a script, which may take as long as limit, and returns what it
// logged. It has two commands more:
//
//	gone NAME   wait until a program has ended
//	late        let the script's time be over
//	named N     fail unless so many clients' ports have names
func play(t *testing.T, limit time.Duration, script string) (ok bool, log string) {
	t.Helper()
	p := params(own(find), limit)
	p.Cmds["gone"] = func(ts *testscript.TestScript, _ bool, args []string) {
		<-ts.Value(key{}).(*session).terminals[args[0]].program.Done()
	}
	p.Cmds["named"] = func(ts *testscript.TestScript, _ bool, args []string) {
		n := ts.Value(key{}).(*session).names
		if got := fmt.Sprint(n.clients); got != args[0] {
			ts.Fatalf("%s ports have names, not %s", got, args[0])
		}
	}
	p.Cmds["late"] = func(ts *testscript.TestScript, _ bool, _ []string) {
		s := ts.Value(key{}).(*session)
		s.cancel()
		s.ctx, s.cancel = context.WithTimeout(context.Background(), 0)
	}
	stage := perform(t, p, script)
	return !stage.failed, stage.log.String()
}

// perform runs a script.
func perform(t *testing.T, p testscript.Params, script string) *stage {
	t.Helper()
	file, err := os.CreateTemp(scripts, "*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteString(script)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	p.Files, p.WorkdirRoot = []string{file.Name()}, scripts
	stage := &stage{}
	testscript.RunT(stage, p)
	return stage
}

// A stage is what testscript takes for a test.
type stage struct {
	failed bool
	log    strings.Builder
}

func (s *stage) Run(_ string, f func(testscript.T)) {
	defer func() {
		if r := recover(); r != nil && r != any(s) {
			panic(r)
		}
	}()
	f(s)
}

func (s *stage) FailNow() {
	s.failed = true
	panic(s)
}

func (s *stage) Fatal(args ...any) {
	s.Log(args...)
	s.FailNow()
}

func (s *stage) Log(args ...any)  { fmt.Fprintln(&s.log, args...) }
func (s *stage) Skip(args ...any) { panic("no script skips anything") }
func (s *stage) Parallel()        {}
func (s *stage) Verbose() bool    { return false }

// A test is a script, and what is in its log if it is to fail.
type test struct {
	name   string
	script string
	log    []string
}

// playAll plays tests beside each other, and beside whatever else is played.
func playAll(t *testing.T, tests []test) {
	t.Helper()
	t.Parallel()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ok, log := play(t, Limit, test.script)
			if ok != (test.log == nil) {
				t.Errorf("passed: %v, want %v\n%s", ok, !ok, log)
			}
			for _, want := range test.log {
				if !strings.Contains(log, want) {
					t.Errorf("no %q in the log:\n%s", want, log)
				}
			}
		})
	}
}
