// Package lessons tests every lesson: its programs, together, and its page.
package lessons

import (
	"flag"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bothends/shared/lesson"
	"bothends/shared/lesson/lessontest"
	"bothends/shared/script"
	"bothends/shared/weave"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

var (
	update     = flag.Bool("update", false, "rewrite what the scripts expect to what came")
	everything = flag.Bool("everything", lessontest.Everything(), "check also what takes long: exercises, wrong programs, tough checks")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		p.Value.Set("24") // scripts wait more than they work
	}
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
	t.Parallel()
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

// TestPages checks that each page shows its sources as they are.
func TestPages(t *testing.T) {
	if err := weave.Check(os.DirFS(root(t))); err != nil {
		t.Fatal(err)
	}
}

// TestFiles checks that each lesson has what belongs to a lesson, and that
// nothing else lies about.
func TestFiles(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all(t) {
		for _, name := range []string{"README.md", "session.txtar", "server/main.go", "client/main.go"} {
			if _, err := os.Stat(filepath.Join(l.Dir, name)); err != nil {
				t.Errorf("%s has no %s", l.Name, name)
			}
		}
		if _, err := l.Question(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(readme), "(lessons/"+l.Name+"/README.md)") {
			t.Errorf("the README does not list %s", l.Name)
		}
	}
	for _, l := range all(t) {
		for _, name := range scripts(t, l) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range a.Files { // is one of the course in it?
				have, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(f.Name)))
				if strings.HasPrefix(f.Name, "lessons/") && (err != nil || string(have) != string(f.Data)) {
					t.Errorf("%s has another %s than the course", name, f.Name)
				}
			}
		}
	}
	err = fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !expected(name) {
			t.Errorf("nobody expects lessons/%s: remove it, or say in lessons_test.go what it is", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// expected reports whether a file, named as seen from this folder, is one that
// belongs here. Those whose names begin with a dot are no concern of ours.
func expected(name string) bool {
	return strings.HasPrefix(path.Base(name), ".") || slices.ContainsFunc([]string{
		"lessons_test.go",
		"order_test.go",
		"checks_test.go",
		"strange_dns_test.go",
		"facts_test.go",
		"facts_linux_test.go",
		"README.md",
		"start.md",
		"vocabulary.md",
		"errors.md",
		"teaching.md",
		"[0-9][0-9]-*/README.md",
		"[0-9][0-9]-*/*.txtar",
		"[0-9][0-9]-*/server/main.go",
		"[0-9][0-9]-*/client/main.go",
		"05-well-known-ports/services.txt",
		"05-well-known-ports/server/main_test.go",
		"06-dns-lookup/server/main_test.go",
		"06-dns-lookup/server/testdata/fuzz/FuzzAnswer/*",
		"[0-9][0-9]-*/checks/*.txtar",
		"[0-9][0-9]-*/checks/tough/*.txtar",
		"[0-9][0-9]-*/exercises/*/checks/*.txtar",
		"[0-9][0-9]-*/exercises/*/starter/server/main.go",
		"[0-9][0-9]-*/exercises/*/starter/client/main.go",
		"[0-9][0-9]-*/exercises/*/solution/server/main.go",
		"[0-9][0-9]-*/exercises/*/solution/client/main.go",
		"[0-9][0-9]-*/exercises/*/starter.txt", // what the checker says of it
		"[0-9][0-9]-*/exercises/*/hints.txt",
		"[0-9][0-9]-*/wrong/*/server/main.go",
		"[0-9][0-9]-*/wrong/*/client/main.go",
		"[0-9][0-9]-*/wrong/*/server.*",
		"[0-9][0-9]-*/wrong/*/client.*",
		"[0-9][0-9]-*/wrong/*/diagnosis.txt",
		"[0-9][0-9]-*/wrong/tough/*/server.*",
		"[0-9][0-9]-*/wrong/tough/*/client.*",
		"[0-9][0-9]-*/wrong/tough/*/diagnosis.txt",
		"[0-9][0-9]-*/python/server.py",
		"[0-9][0-9]-*/python/client.py",
	}, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}

func root(tb testing.TB) string {
	root, err := lesson.Root()
	if err != nil {
		tb.Fatal(err)
	}
	return root
}

func all(tb testing.TB) []lesson.Lesson {
	lessons, err := lesson.All(root(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return lessons
}

func params(tb testing.TB, l lesson.Lesson) testscript.Params {
	if _, err := l.Program("server"); err != nil {
		tb.Fatal(err)
	}
	p := script.Params(l.Program)
	p.UpdateScripts = *update
	p.Files = scripts(tb, l)
	return p
}

func scripts(tb testing.TB, l lesson.Lesson) []string {
	files, err := filepath.Glob(filepath.Join(l.Dir, "*.txtar"))
	if err != nil {
		tb.Fatal(err)
	}
	return files
}
