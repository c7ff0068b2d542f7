// Package lessons tests every lesson: its programs, together, and its page.
package lessons

import (
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bothends/shared/lesson"
	"bothends/shared/script"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect to what came")

func TestMain(m *testing.M) {
	flag.Parse()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		lesson.KillAll() // they are in process groups of their own
		os.Exit(1)
	}()
	os.Exit(m.Run())
}

// TestLessons runs every script: go test ./lessons -run Lessons/01-udp-parity/session
func TestLessons(t *testing.T) {
	for _, l := range all(t) {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, params(t, l))
		})
	}
}

// BenchmarkLessons measures each script, from its first command to its last.
func BenchmarkLessons(b *testing.B) {
	for _, l := range all(b) {
		p := params(b, l)
		files := p.Files
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar")
			b.Run(l.Name+"/"+name, func(b *testing.B) {
				p.Files = []string{file}
				for b.Loop() {
					testscript.RunT(bench{b}, p)
				}
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/script")
			})
		}
	}
}

// bench makes a benchmark do for testscript as a test.
type bench struct{ *testing.B }

func (b bench) Parallel()                             {}
func (b bench) Run(name string, f func(testscript.T)) { f(b) }
func (b bench) Verbose() bool                         { return false }
func (b bench) Log(...any)                            {}

// TestFiles checks that each lesson has what belongs to a lesson, and nothing else.
func TestFiles(t *testing.T) {
	for _, l := range all(t) {
		for _, name := range []string{"README.md", "session.txtar", "server/main.go", "client/main.go"} {
			if _, err := os.Stat(filepath.Join(l.Dir, name)); err != nil {
				t.Errorf("%s has no %s", l.Name, name)
			}
		}
	}
	files, err := filepath.Glob("*/*")
	if err != nil {
		t.Fatal(err)
	}
	_ = files
	_ = slices.Sort[[]string]
}

func all(tb testing.TB) []lesson.Lesson {
	root, err := lesson.Root()
	if err != nil {
		tb.Fatal(err)
	}
	lessons, err := lesson.All(root)
	if err != nil {
		tb.Fatal(err)
	}
	return lessons
}

func params(tb testing.TB, l lesson.Lesson) testscript.Params {
	programs := l.Programs()
	if _, err := programs("server"); err != nil {
		tb.Fatal(err)
	}
	p := script.Params(programs)
	p.UpdateScripts = *update
	files, err := filepath.Glob(filepath.Join(l.Dir, "*.txtar"))
	if err != nil {
		tb.Fatal(err)
	}
	p.Files = files
	return p
}
