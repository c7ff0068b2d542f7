package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Pair names the two programs that every lesson has.
var Pair = []string{"server", "client"}

// Build compiles programs of the lesson, each named by its folder within the
// lesson ("server", "wrong/hasty/client", "../../scripts/talk"), and returns the paths of the
// executables, in the same order. They lie in the user's cache folder, one
// folder for each lesson, so that an unchanged program is not linked again.
// Under the race detector, the programs have it too.
//
// No two of the names may end in the same word.
func (l Lesson) Build(names ...string) ([]string, error) {
	cache, err := l.cache()
	if err != nil {
		return nil, err
	}
	// A build goes on beside the last one's programs, which may be running.
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	aside, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(aside)

	args := []string{"-o", aside + string(filepath.Separator)}
	var built, wanted []string
	seen := map[string]bool{}
	for _, name := range names {
		exe := executable(name)
		if seen[exe] {
			return nil, fmt.Errorf("cannot build two programs named %s at once", path.Base(name))
		}
		seen[exe] = true
		built = append(built, filepath.Join(aside, exe))
		wanted = append(wanted, place(cache, name))
		args = append(args, "./"+name)
		if err := note(filepath.Join(l.Dir, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
	}
	// The go command leaves alone what is up to date, and else puts a new file in
	// its place: it never writes into the old one. (Where files cannot have two
	// names, it makes each program anew.)
	for i := range built {
		os.Link(wanted[i], built[i])
	}
	if out, err := command(l.Dir, "build", args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	for i := range built {
		if err := replace(built[i], wanted[i]); err != nil {
			return nil, err
		}
	}
	return wanted, nil
}

// command returns the go command that builds programs, or lists what it would
// build, with the same flags.
func command(dir, verb string, args ...string) *exec.Cmd {
	// What git says would go into the executable, and each commit link it
	// again. What only a debugger reads takes a third of the linking.
	flags := []string{verb, "-buildvcs=false", "-ldflags=-w"}
	if race {
		flags = append(flags, "-race")
	}
	cmd := exec.Command("go", append(flags, args...)...)
	cmd.Dir = dir
	// Collecting garbage is a third of the go command's work when all is up to date.
	cmd.Env = append(cmd.Environ(), "GOGC=400")
	if !race { // which needs C
		// The same program on every machine, with a C compiler or without.
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	}
	return cmd
}

// executable returns the name of a program's file.
func executable(name string) string {
	if runtime.GOOS == "windows" {
		return path.Base(name) + ".exe"
	}
	return path.Base(name)
}

// place returns where a lesson's cache has the executable of a program.
func place(cache, name string) string {
	within := strings.ReplaceAll(path.Dir(name), "..", "up") // ../../scripts/talk, too
	return filepath.Join(cache, filepath.FromSlash(within), executable(name))
}

// Program returns the executable of a program of the lesson, or of another by
// way of this one ("../02-tcp-ok-bye/client"). It builds each program once, when
// it is first asked for, whoever asks. It may be called from several goroutines.
func (l Lesson) Program(name string) (string, error) {
	dir, i := filepath.Join(l.Dir, filepath.FromSlash(path.Dir(name))), slices.Index(Pair, path.Base(name))
	build := func() ([]string, error) { return l.current(name) }
	key := filepath.Join(dir, path.Base(name))
	if i >= 0 && filepath.Dir(dir) == filepath.Dir(l.Dir) { // one of a lesson's two: both at once
		build = func() ([]string, error) { return Lesson{Name: filepath.Base(dir), Dir: dir}.current(Pair...) }
		key = dir
	}
	once, _ := built.LoadOrStore(key, sync.OnceValues(build))
	paths, err := once.(func() ([]string, error))()
	if err != nil {
		return "", err
	}
	if len(paths) == 1 {
		return paths[0], nil
	}
	return paths[i], nil
}

var built sync.Map // folder → func() ([]string, error)

// current does what Build does, but asks the go command about all lessons at
// once: that takes as long as it takes to build one that has not changed.
func (l Lesson) current(names ...string) ([]string, error) {
	cache, err := l.cache()
	if err != nil {
		return nil, err
	}
	lessons := filepath.Dir(l.Dir)
	ids, _ := listed.LoadOrStore(lessons, sync.OnceValue(func() map[string]string { return buildIDs(lessons) }))
	var paths []string
	for _, name := range names {
		dir, exe := filepath.Join(l.Dir, filepath.FromSlash(name)), place(cache, name)
		if !carries(exe, ids.(func() map[string]string)()[dir]) {
			return l.Build(names...)
		}
		if err := note(dir); err != nil {
			return nil, err
		}
		paths = append(paths, exe)
	}
	return paths, nil
}

var listed sync.Map // folder of lessons → func() map[string]string

// buildIDs compiles the two programs of each lesson, and returns the build ID of
// each, by its folder. If one cannot be compiled, or there is no go command, it
// returns none: Build says why. Nor has a program an ID here that imports packages
// of the course: it would say nothing of what those import.
func buildIDs(lessons string) map[string]string {
	args := []string{"-export", "-f", "{{.BuildID}} {{.Deps}} {{.Dir}}"}
	for _, name := range Pair {
		dirs, _ := filepath.Glob(filepath.Join(lessons, "*", name))
		args = append(args, dirs...)
	}
	out, err := command(lessons, "list", args...).Output()
	if err != nil {
		return nil
	}
	ids := map[string]string{}
	for line := range strings.Lines(string(out)) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), " [")
		deps, dir, _ := strings.Cut(rest, "] ")
		if !strings.Contains(" "+deps, " bothends/") {
			ids[dir] = id
		}
	}
	return ids
}

// carries reports whether an executable was linked from the main package with
// that build ID. The linker writes it near the beginning.
func carries(exe, id string) bool {
	f, err := os.Open(exe)
	if err != nil || id == "" {
		return false
	}
	defer f.Close()
	head := make([]byte, 1<<16)
	n, _ := io.ReadFull(f, head)
	return bytes.Contains(head[:n], []byte(id))
}

// cache returns the folder in which the lesson's programs are kept. It lies
// outside the course, and two clones do not share it.
func (l Lesson) cache() (string, error) {
	user, err := os.UserCacheDir()
	if err != nil { // no home: the system's folder for temporary files will do
		user = os.TempDir()
	}
	hash := fnv.New64a()
	hash.Write([]byte(filepath.Dir(l.Dir)))
	clone := fmt.Sprintf("%x", hash.Sum64())
	if race {
		clone += "-race"
	}
	return filepath.Join(user, "bothends", clone, l.Name), nil
}

// note looks at the files that a program is built from. The go command
// remembers what a test has looked at, and runs it again when that changes; of
// what a child of the test reads, it knows nothing.
func note(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			_, err = os.Stat(path)
		}
		return err
	})
}

// replace moves a file to its place, unless the same stands there already: on
// Windows a program that runs cannot be replaced.
func replace(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if a, err := os.Stat(from); err == nil {
		if b, err := os.Stat(to); err == nil && os.SameFile(a, b) {
			return nil
		}
	}
	want, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	have, err := os.ReadFile(to)
	if err == nil && bytes.Equal(have, want) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(from, to)
}
