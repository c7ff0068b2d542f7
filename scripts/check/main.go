// Check checks a program, in any language, against what a lesson or an exercise
// promises, and says what is wrong with it.
//
// Usage:
//
//	check LESSON [-server CMD] [-client CMD] [-tough]
//	check LESSON/EXERCISE [-server CMD] [-client CMD]
//	check LESSON/EXERCISE -start | -hint | -solution [-force]
//
// CMD is a command line. Its program is given the address as -addr HOST:PORT,
// or where CMD has {addr}, {host} or {port}. Without a CMD, the lesson's own
// programs are checked, or your copy of the exercise below _work.
//
// The exit status is 0 if every promise was kept, 1 if one was broken, 2 for
// wrong usage, and 3 if the checker itself failed. (go run makes 1 of them all.)
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"bothends/shared/check"
	"bothends/shared/lesson"
	"bothends/shared/progress"
	"bothends/shared/script"

	"github.com/mattn/go-shellwords"
)

var (
	server   = flag.String("server", "", "check the server that this `command` starts")
	client   = flag.String("client", "", "check the client that this `command` starts")
	tough    = flag.Bool("tough", false, "check also what only a careful program survives")
	start    = flag.Bool("start", false, "copy the exercise's starter to _work, for you to change")
	hint     = flag.Bool("hint", false, "show the exercise's next hint")
	solution = flag.Bool("solution", false, "show the exercise's solution, once you have passed")
	force    = flag.Bool("force", false, "with -solution: show it in any case")
	watch    = flag.Bool("watch", false, "check again whenever a file changes, until Ctrl-C")
	poll     = flag.Bool("poll", false, "with -watch: look for changes every second, where the system tells of none")
	format   = flag.String("format", "text", "write the report as `text`, json or junit")
	reveal   = flag.String("reveal", "full", "tell of a failure `full`, actual (not what was wanted) or none")
)

// How long a program may take to start, and for anything else. Variables for the
// tests.
var startWithin, patience = 10 * time.Second, 2 * time.Second

func main() {
	log.SetFlags(0)
	log.SetPrefix("check: ")
	flag.Usage = usage
	word := words(os.Args[1:])
	os.Exit(run(word))
}

func usage() {
	fmt.Fprint(os.Stderr, `usage: check LESSON [-server CMD] [-client CMD] [-tough] [-watch]
       check LESSON/EXERCISE [-server CMD] [-client CMD] [-watch]
       check LESSON/EXERCISE -start | -hint | -solution [-force]
`)
	ours := flag.NewFlagSet("check", flag.ContinueOnError)
	flag.VisitAll(func(f *flag.Flag) {
		if f.Name != "testwork" && f.Name != "flaky" { // testscript's
			ours.Var(f.Value, f.Name, f.Usage)
		}
	})
	ours.PrintDefaults()
}

// words reads the command line, with flags before or behind the one word.
func words(line []string) string {
	var words []string
	for {
		flag.CommandLine.Parse(line) // exits if it cannot
		if flag.NArg() == 0 {
			break
		}
		words = append(words, flag.Arg(0))
		line = flag.Args()[1:]
	}
	modes := 0
	for _, on := range []bool{*start, *hint, *solution, *watch} {
		if on {
			modes++
		}
	}
	if len(words) != 1 || modes > 1 ||
		!slices.Contains([]string{"text", "json", "junit"}, *format) ||
		!slices.Contains([]string{"full", "actual", "none"}, *reveal) {
		usage()
		os.Exit(2)
	}
	return words[0]
}

// A task is what is to be checked.
type task struct {
	root     string
	lesson   lesson.Lesson
	exercise *check.Exercise // or nil: the lesson itself
}

func (t task) title() string {
	if t.exercise != nil {
		return t.exercise.Title()
	}
	return t.lesson.Name
}

// run does what the command line says and returns the exit status.
func run(word string) int {
	root, err := lesson.Root()
	if err != nil {
		log.Print(err)
		return 3
	}
	number, name, isExercise := strings.Cut(word, "/")
	l, err := lesson.Find(root, number)
	if err != nil {
		log.Print(err)
		return 2
	}
	t := task{root: root, lesson: l}
	if isExercise {
		e, err := check.FindExercise(l, name)
		if err != nil {
			log.Print(err)
			return 2
		}
		t.exercise = &e
	}
	if (*start || *hint || *solution) && t.exercise == nil {
		names, _ := l.Exercises()
		log.Printf("of which exercise? %s has %s", l.Name, strings.Join(names, ", "))
		return 2
	}
	switch {
	case *start:
		return t.start()
	case *hint:
		return t.hint()
	case *solution:
		return t.solution()
	}
	if _, err := given(); err != nil {
		log.Print(err)
		return 2
	}
	work, err := os.MkdirTemp("", "check-")
	if err != nil {
		log.Print(err)
		return 3
	}
	defer os.RemoveAll(work)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-stop
		if !*watch { // whose end that is
			log.Print("stopped")
		}
		lesson.KillAll()
		lesson.KillOrphans()
		os.RemoveAll(work)
		os.Exit(1)
	}()
	if *watch {
		return t.watch(work)
	}
	return t.check(os.Stdout, work)
}

// check checks once.
func (t task) check(out io.Writer, work string) int {
	commands, err := t.commands()
	if err != nil {
		log.Print(err)
		if bad := (*compileError)(nil); errors.As(err, &bad) {
			t.broken(out, err)
			return 1
		}
		return 2
	}
	files, err := t.files(slices.Collect(maps.Keys(commands)))
	if err != nil {
		log.Print(err)
		return 2
	}
	dir, err := os.Getwd()
	if err != nil {
		log.Print(err)
		return 3
	}
	page, err := filepath.Rel(t.root, filepath.Join(t.lesson.Dir, "README.md"))
	if err != nil {
		log.Print(err)
		return 3
	}
	report := &check.Report{Title: t.title(), Page: filepath.ToSlash(page), Commands: map[string]string{}}
	argv := map[string][]string{}
	for role, c := range commands {
		report.Commands[role], argv[role] = c.shown, c.argv
	}
	lesson.AdoptOrphans()
	err = report.Run(files, script.Foreign{
		Command: func(name string) ([]string, error) {
			role, _, _ := strings.Cut(name, "@")
			return slices.Clone(argv[role]), nil
		},
		Dir:      dir,
		Start:    startWithin,
		Patience: patience,
	}, work)
	lesson.KillOrphans()
	if err != nil {
		log.Print(err)
		t.broken(out, err)
		return 3
	}
	if err := writeReport(out, report); err != nil {
		log.Print(err)
		return 3
	}
	if report.Failed() != nil {
		return 1
	}
	t.passed(out, commands)
	return 0
}

// broken writes, for programs, that nothing could be checked; people are told on
// standard error.
func (t task) broken(out io.Writer, why error) {
	if *format == "text" {
		return
	}
	if err := writeReport(out, &check.Report{Title: t.title(), Err: why}); err != nil {
		log.Print(err)
	}
}

// writeReport writes a report in the format that was asked for.
func writeReport(out io.Writer, report *check.Report) error {
	switch r := check.Reveal(*reveal); *format {
	case "json":
		return report.JSON(out, r)
	case "junit":
		return report.JUnit(out, r)
	default:
		report.Text(out, r)
	}
	return nil
}

// A command starts a program.
type command struct {
	shown string // as it was given
	argv  []string
	own   bool // it is the lesson's own program
}

type compileError struct{ err error }

func (e *compileError) Error() string { return e.err.Error() }

// given returns the commands that the command line has, by role. An empty one
// is a mistake, such as a variable that is not set, and does not mean ours.
func given() (map[string]command, error) {
	all := map[string]command{}
	var bad error
	flag.Visit(func(f *flag.Flag) {
		if !slices.Contains(lesson.Pair, f.Name) {
			return
		}
		line := f.Value.String()
		argv, err := shellwords.Parse(line)
		switch {
		case strings.TrimSpace(line) == "":
			bad = fmt.Errorf("-%s is empty: say how your program is started", f.Name)
		case err != nil:
			bad = fmt.Errorf("-%s %q is no command line: %v", f.Name, line, err)
		case len(argv) == 0 || argv[0] == "":
			bad = fmt.Errorf("-%s %q names no program", f.Name, line)
		}
		all[f.Name] = command{shown: line, argv: argv}
	})
	return all, bad
}

// commands returns the command for each role that is to be checked.
func (t task) commands() (map[string]command, error) {
	all, err := given()
	if err != nil || len(all) > 0 {
		return all, err
	}
	// Programs of ours, or a copy of them: built from a folder each.
	l, own := t.lesson, true
	if t.exercise != nil {
		dir := t.exercise.Copy(t.root)
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("you have not begun %s: go run ./scripts/check %s -start", t.title(), short(t))
		}
		l, own = lesson.Lesson{Name: filepath.Join(t.lesson.Name, "exercises", t.exercise.Name), Dir: dir}, false
	}
	var roles []string
	for _, role := range lesson.Pair {
		if _, err := os.Stat(filepath.Join(l.Dir, role)); err == nil {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return nil, fmt.Errorf("there is neither a folder server nor a folder client in %s: say -server CMD or -client CMD", l.Dir)
	}
	paths, err := l.Build(roles...)
	if err != nil {
		return nil, &compileError{err}
	}
	for i, role := range roles {
		shown := filepath.Join(l.Dir, role)
		if rel, err := filepath.Rel(t.root, shown); err == nil {
			shown = "./" + filepath.ToSlash(rel)
		}
		all[role] = command{shown, paths[i : i+1], own}
	}
	return all, nil
}

// files returns the checks for programs in certain roles.
func (t task) files(roles []string) ([]string, error) {
	dirs := []string{filepath.Join(t.lesson.Dir, "checks")}
	if t.exercise != nil {
		dirs[0] = filepath.Join(t.exercise.Dir, "checks")
	}
	if *tough {
		dirs = append(dirs, filepath.Join(dirs[0], "tough"))
	}
	var files []string
	for _, dir := range dirs {
		found, err := check.Checks(dir, roles)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is nothing to check about the %s of %s", strings.Join(roles, " and the "), t.title())
	}
	return files, nil
}

// passed notes that the programs passed, and says what is next.
func (t task) passed(out io.Writer, commands map[string]command) {
	record, err := progress.Read(t.root)
	if err == nil {
		now := time.Now().UTC().Truncate(time.Second)
		if t.exercise != nil {
			record.Passed[t.title()] = now
		}
		for role, c := range commands {
			if t.exercise == nil && !c.own {
				record.Passed[t.title()+"/"+role] = now
			}
		}
		err = record.Write(t.root)
	}
	if err != nil {
		log.Print("could not note that it passed: ", err)
	}
	if *format == "text" {
		fmt.Fprintln(out, t.next(record))
	}
}

// next says what to do next: another exercise of the lesson, or the next lesson.
func (t task) next(record progress.Record) string {
	names, _ := t.lesson.Exercises()
	for _, name := range names {
		if _, ok := record.Passed[t.lesson.Name+"/"+name]; !ok {
			return fmt.Sprintf("Next: go run ./scripts/check %s/%s -start", t.lesson.Name[:2], name)
		}
	}
	lessons, _ := lesson.All(t.root)
	for _, l := range lessons {
		if l.Number > t.lesson.Number {
			return fmt.Sprintf("Next: lesson %s, go run ./scripts/run %s", l.Name, l.Name[:2])
		}
	}
	return "That was the last lesson."
}

// short names the task as one types it: 01/letters.
func short(t task) string { return t.lesson.Name[:2] + "/" + t.exercise.Name }

func (t task) start() int {
	if err := t.exercise.Start(t.root); err != nil {
		log.Print(err)
		return 1
	}
	dir, err := filepath.Rel(t.root, t.exercise.Copy(t.root))
	if err != nil {
		dir = t.exercise.Copy(t.root)
	}
	fmt.Printf("Your copy is in %s. Change it, and check it with\n\n    go run ./scripts/check %s\n", dir, short(t))
	return 0
}

func (t task) hint() int {
	hints, err := t.exercise.Hints()
	if err != nil || len(hints) == 0 {
		log.Printf("%s has no hints (%v)", t.title(), err)
		return 3
	}
	record, err := progress.Read(t.root)
	if err == nil {
		record.Hints[t.title()] = min(record.Hints[t.title()]+1, len(hints))
		err = record.Write(t.root)
	}
	if err != nil {
		log.Print("could not note which hints you have seen: ", err)
	}
	n := max(1, record.Hints[t.title()])
	fmt.Printf("%s (%d of %d)\n", hints[n-1], n, len(hints))
	return 0
}

func (t task) solution() int {
	record, err := progress.Read(t.root)
	if _, ok := record.Passed[t.title()]; !ok && !*force {
		if err != nil {
			log.Print(err)
		}
		log.Printf("%s has not passed yet: -hint gives a hint, and -force shows the solution all the same", t.title())
		return 1
	}
	text, err := t.exercise.Solution()
	if err != nil {
		log.Print(err)
		return 3
	}
	fmt.Print(text)
	return 0
}
