package weave

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

var (
	opening   = regexp.MustCompile(`^<!-- weave: ([^\s#]+)(?:#(\S+))? -->$`)
	directive = regexp.MustCompile("(?i)(?:^|[^`])<!--\\s*/?\\s*weave\\b") // well formed or not; `in prose` it is only text
)

const closing = "<!-- /weave -->"

// Weave returns the page with each block between two weave comments
// written anew from its source. Page is the page's path in the
// repository, src its text. The lines of the
// result end in \n, even where those of src end in \r\n.
//
// Weave returns no page if anything is wrong. Its error joins all
// problems, each "page:line: what is wrong and what to do".
func Weave(repo fs.FS, page string, src []byte) ([]byte, error) {
	lines := strings.Split(unix(src), "\n")
	var out []string
	var errs []error
	fail := func(i int, err error) {
		errs = append(errs, fmt.Errorf("%s:%d: %w", page, i+1, err))
	}
	for i := 0; i < len(lines); {
		next := i + 1 // the line after what begins here
		line := strings.TrimRight(lines[i], " \t")
		switch m := opening.FindStringSubmatch(line); {
		case m != nil:
			var lang, text string
			var err error
			if next, err = block(lines, i); err == nil {
				lang, text, err = excerpt(repo, page, m[1], m[2])
			}
			if err != nil {
				fail(i, err)
			}
			out = append(out, lines[i], fenced(lang, text), lines[next-1])
		case line == closing:
			fail(i, errors.New("this closes no block: remove it, or write <!-- weave: path --> above"))
		case directive.MatchString(line):
			fail(i, errors.New("malformed directive: write <!-- weave: path#selector --> or <!-- /weave --> from the first column, alone on its line (to show one, put it in a fence)"))
		default:
			if f, ok := fenceAt(lines, i); ok {
				next = f.next
				if err := f.check(); err != nil {
					fail(i, err)
				}
			}
			out = append(out, lines[i:next]...)
		}
		i = next
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return []byte(strings.Join(out, "\n")), nil
}

// block reads the weave block that lines[i] opens. It returns the index
// of the line after it, or after the part of it that could be read.
func block(lines []string, i int) (next int, err error) {
	fences, other := 0, 0
	for j := i + 1; j < len(lines); {
		line := strings.TrimRight(lines[j], " \t")
		f, isFence := fenceAt(lines, j)
		switch {
		case isFence && !f.closed:
			return f.next, fmt.Errorf("the fence on line %d of this block is never closed: close it", j+1)
		case isFence:
			fences++
			j = f.next
			continue
		case line == closing && (fences > 1 || other > 0):
			return j + 1, errors.New("this block holds something other than one fence: leave one, or only the two comments")
		case line == closing:
			return j + 1, nil
		case directive.MatchString(line):
			return j, fmt.Errorf("this block is not closed before the directive on line %d: write %s first (blocks do not nest)", j+1, closing)
		case line != "":
			other++
		}
		j++
	}
	return len(lines), fmt.Errorf("this block is never closed: write %s below its fence", closing)
}

// fenced returns text in a fence longer than any run of backticks in it.
func fenced(lang, text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + lang + "\n" + text + "\n" + ticks
}

// A fence is a fenced code block of a page, as CommonMark 0.31 has it
// (section 4.5), also in a list or in a quotation.
type fence struct {
	lang   string   // the first word of the info string
	body   []string // its lines, without indentation and > of a quotation
	closed bool
	next   int // the index of the line after it
}

var fenceLine = regexp.MustCompile("^([ \t>]*)((?:[-*+]|[0-9]+[.)])[ \t]+)?(`{3,}|~{3,})([^`]*)$")

// fenceAt returns the fence that lines[i] opens, if it opens one.
func fenceAt(lines []string, i int) (f fence, ok bool) {
	open := fenceLine.FindStringSubmatch(lines[i])
	if open == nil {
		return f, false
	}
	if info := strings.Fields(open[4]); len(info) > 0 {
		f.lang = info[0]
	}
	cut := " \t"
	quotes := strings.Count(open[1], ">")
	if quotes > 0 {
		cut += ">"
	}
	for f.next = i + 1; f.next < len(lines) && !f.closed; f.next++ {
		line := lines[f.next]
		m := fenceLine.FindStringSubmatch(line)
		f.closed = m != nil && m[2] == "" && strings.TrimSpace(m[4]) == "" &&
			strings.HasPrefix(m[3], open[3]) &&
			strings.Count(m[1], ">") == quotes &&
			len(m[1]) <= len(open[1]+open[2])+3 // deeper, it is text
		if !f.closed {
			f.body = append(f.body, strings.TrimLeft(line, cut))
		}
	}
	return f, true
}

// check returns what is wrong with a fence that nothing weaves.
func (f fence) check() error {
	if !f.closed {
		return errors.New("this fence is never closed: close it")
	}
	if strings.EqualFold(f.lang, "console") {
		for _, line := range f.body {
			if line != "" && !strings.HasPrefix(line, "$ ") {
				return fmt.Errorf("nothing verified the output %q: weave it from a script's section, or show the $ lines only", line)
			}
		}
	}
	return nil
}
