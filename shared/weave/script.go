package weave

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// section returns a section of a script's archive, unchanged, and the
// language of its fence. A section that the script compares with a
// program's output comes with the command above it. It fails if the
// script does not compare the section, or with the output of several
// commands.
func section(repo fs.FS, file, src, name string) (lang, text string, err error) {
	if i := slices.Index(strings.Split(src, "\n"), "-- --"); i >= 0 { // Parse panics (go-internal v1.16.0)
		return "", "", fmt.Errorf("%s:%d: this section has no name: write -- name --", file, i+1)
	}
	archive := txtar.Parse([]byte(src))
	var parts []part
	var names []string
	for _, f := range archive.Files {
		if slices.Contains(names, f.Name) {
			return "", "", fmt.Errorf("%s has two sections %s: rename one", file, f.Name)
		}
		names = append(names, f.Name)
		parts = append(parts, part{f.Name, strings.TrimSuffix(string(f.Data), "\n")})
	}
	text, err = find(parts, "section", name, file)
	if err != nil {
		return "", "", err
	}
	if blank(text) {
		return "", "", fmt.Errorf("section %s of %s is empty: select something to show", name, file)
	}
	commands, compared, err := commandsOf(repo, file, string(archive.Comment), name, names)
	slices.Sort(commands)
	commands = slices.Compact(commands)
	switch {
	case err != nil:
		return "", "", err
	case !compared:
		return "", "", fmt.Errorf("no command of %s compares section %s with what came: write cmp stdout %[2]s in it, or show another section", file, name)
	case len(commands) > 1:
		return "", "", fmt.Errorf("%s compares section %s with the output of more than one command (%s): give each its own section", file, name, strings.Join(commands, "; "))
	case len(commands) == 1 && commands[0] != "":
		return "console", "$ " + commands[0] + "\n" + text, nil
	}
	return language(name), text, nil
}

// An origin says where output may come from.
type origin struct {
	cond     string   // the conditions of the script's line, "" for none
	commands []string // what a reader would type
	err      error    // why nobody can type it
}

// origins returns what made the output that a line under the conditions
// cond sees: the last of a history that surely ran, and those after it.
func origins(history []origin, cond string) (o origin) {
	o.cond = cond
	for _, h := range slices.Backward(history) {
		o.commands = append(o.commands, h.commands...)
		if o.err == nil {
			o.err = h.err
		}
		if h.cond == "" || h.cond == cond {
			break
		}
	}
	return o
}

// commandsOf reads a script and returns the commands with whose output
// it compares the section, as a reader would type them at its root, and
// whether it compares the section at all. Names are those of all
// sections: a comparison with another section proves nothing.
func commandsOf(repo fs.FS, file, script, section string, names []string) (commands []string, compared bool, err error) {
	lines, err := parse(file, script)
	if err != nil {
		return nil, false, err
	}
	var output []origin                  // what stdout and stderr held
	started := make(map[string][]origin) // by serve and open
	for _, l := range lines {
		from := func(command string, err error) origin {
			if err != nil {
				return origin{l.cond, nil, l.errorf("%w", err)}
			}
			return origin{l.cond, []string{command}, nil}
		}
		args := l.args
		name := "" // the program's, for most commands
		if len(args) > 0 {
			name = args[0].text
		}
		switch l.name {
		case "serve", "open":
			started[name] = append(started[name], from(goRun(repo, path.Dir(file), args)))
		case "run":
			if name == "-split" {
				args = args[1:]
			}
			output = append(output, from(goRun(repo, path.Dir(file), args)))
		case "play":
			output = append(output, from(goRun(repo, path.Dir(file), args[min(1, len(args)):])))
		case "close", "finish", "interrupt", "await":
			o := origins(started[name], l.cond)
			if started[name] == nil {
				if l.name == "close" {
					continue // it closes a peer, and leaves stdout alone
				}
				o.err = l.errorf("nothing started %s: serve or open it first", name)
			}
			output = append(output, o)
		case "ladder", "diagram": // of what crossed the wire; nobody types it
			output = append(output, origin{cond: l.cond, commands: []string{""}})
		case "recv":
			if len(args) == 1 { // with two it leaves stdout alone
				output = append(output, from("", errors.New("a page cannot show what recv reads, no command prints it: show a program's output")))
			}
		case "exec":
			if len(args) > 0 && strings.HasPrefix(args[len(args)-1].text, "&") {
				output = append(output, from("", errors.New("a page cannot show what runs in the background: use serve or open")))
			} else {
				output = append(output, from(shell(args)))
			}
		case "wait":
			output = append(output, from("", errors.New("a page cannot show what wait collects: use close, finish or interrupt")))
		case "cmp", "cmpenv":
			if l.negated || len(args) != 2 || args[1].text != section || slices.Contains(names, name) {
				continue
			}
			compared = true
			if name != "stdout" && name != "stderr" {
				continue
			}
			o := origins(output, l.cond)
			if o.err != nil {
				return nil, false, o.err
			}
			if len(o.commands) == 0 {
				return nil, false, l.errorf("no program has run before this comparison: move it below one")
			}
			commands = append(commands, o.commands...)
		case "cd":
			return nil, false, l.errorf("a page cannot show sections of a script that changes its folder: do without cd")
		case "cp", "mv", "rm", "symlink", "unix2dos", "unquote":
			if slices.ContainsFunc(args, func(w word) bool { return w.text == section }) {
				return nil, false, l.errorf("%s may change section %s, so a page cannot show it: use another file", l.name, section)
			}
		case "skip", "stop":
			if l.cond == "" {
				return commands, compared, nil
			}
		}
	}
	return commands, compared, nil
}

// goRun returns the command that runs a lesson's program, from the repository's root:
// args are its name, with or without a @label, and its arguments. Dir is
// the lesson's path in it.
func goRun(repo fs.FS, dir string, args []word) (string, error) {
	if len(args) == 0 {
		return "", errors.New("name the program")
	}
	name, _, _ := strings.Cut(args[0].text, "@")
	folder := path.Join(dir, name)
	if info, err := fs.Stat(repo, folder); err != nil || !info.IsDir() {
		return "", fmt.Errorf("no program %s: a program is a folder beside its script", folder)
	}
	input := ""
	if last := args[len(args)-1].raw; len(last) > 1 && last[0] == '<' {
		input = " < " + last[1:]
		args = args[:len(args)-1]
	}
	rest, err := shell(args[1:])
	if rest != "" {
		rest = " " + rest
	}
	return "go run ./" + folder + rest + input, err
}

// shell joins words as they are written. It fails if a reader's shell
// would not read them as the script does.
func shell(words []word) (string, error) {
	var raw []string
	for _, w := range words {
		if w.odd {
			return "", fmt.Errorf("a shell reads %s otherwise: put it in '…', with no ' within", w.raw)
		}
		raw = append(raw, w.raw)
	}
	return strings.Join(raw, " "), nil
}

// A line is a command of a script.
type line struct {
	at      string // file:line
	cond    string // its conditions, "" for none
	negated bool
	name    string
	args    []word
}

func (l line) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{l.at}, args...)...)
}

// parse returns the commands of a script. How lines are read is defined
// by testscript, in github.com/rogpeppe/go-internal.
func parse(file, script string) ([]line, error) {
	var lines []line
	for i, text := range strings.Split(script, "\n") {
		l := line{at: fmt.Sprintf("%s:%d", file, i+1)}
		words, err := split(text)
		if err != nil {
			return nil, l.errorf("%w", err)
		}
		for len(words) > 0 && strings.HasPrefix(words[0].text, "[") && strings.HasSuffix(words[0].text, "]") {
			l.cond += words[0].text
			words = words[1:]
		}
		if len(words) > 0 && words[0].text == "!" {
			l.negated = true
			words = words[1:]
		}
		if len(words) > 0 {
			l.name, l.args = words[0].text, words[1:]
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// A word is one word of a script's line.
type word struct {
	raw  string // as it is written
	text string // without quotes; variables stay as they are
	odd  bool   // whether a shell would read raw as something else
}

// split cuts a script's line into words, as testscript does: a # begins
// a comment, and in '…' a quote is written twice.
func split(line string) ([]word, error) {
	var words []word
	for i := 0; i < len(line) && line[i] != '#'; {
		if strings.IndexByte(" \t\r", line[i]) >= 0 {
			i++
			continue
		}
		var w word
		start, quoted := i, false
		for ; i < len(line) && (quoted || strings.IndexByte(" \t\r#", line[i]) < 0); i++ {
			switch c := line[i]; {
			case c != '\'':
				w.text += line[i : i+1]
				w.odd = w.odd || !quoted && strings.IndexByte("$`\"\\;&|()<>*?[]", c) >= 0
			case quoted && strings.HasPrefix(line[i:], "''"):
				w.text += "'"
				w.odd = true
				i++
			default:
				quoted = !quoted
			}
		}
		if quoted {
			return nil, errors.New("a quote is never closed: write ' at its end")
		}
		w.raw = line[start:i]
		words = append(words, w)
	}
	return words, nil
}
