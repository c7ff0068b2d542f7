// Package weave keeps the pages true to their sources.
//
// A page is Markdown. Where it shows code or output, two comments stand
// around a fence, and weaving writes what is between them:
//
//	<!-- weave: server/main.go#parity -->
//	```go
//	…
//	```
//	<!-- /weave -->
//
// The path is relative to the page's folder. What follows it selects a
// part of the file:
//
//	server/main.go          the whole file
//	server/main.go#Name     a declaration: a function, Type.Method, type, const or var
//	server/main.go#@name    the lines between //weave:begin name and //weave:end name
//	session.txtar#section   a section that the script compares with what came
//
// Markers may begin with # instead of //, and never reach a page.
//
// A section compared with a program's output is a transcript: the line
// above it is the command that made it, taken from the script.
package weave

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
)

// Pages returns the paths of the repository's pages, sorted: the README
// at the root, the pages in lessons and each lesson's README, with their
// translations (README.xx.md). It is an error if there are none.
func Pages(repo fs.FS) ([]string, error) {
	var pages []string
	for _, pattern := range []string{
		"README.md", "README.*.md",
		"lessons/*.md",
		"lessons/*/README.md", "lessons/*/README.*.md",
	} {
		found, err := fs.Glob(repo, pattern)
		if err != nil {
			return nil, err
		}
		pages = append(pages, found...)
	}
	if len(pages) == 0 {
		return nil, errors.New("no pages here: is this the root of the repository?")
	}
	slices.Sort(pages)
	return pages, nil
}

// Check weaves every page of the repository and writes nothing.
// Its error holds, page by page, what cannot be woven, one problem a
// line, or for a stale page the difference as a unified diff. A page
// that differs in line endings only is not stale.
func Check(repo fs.FS) error {
	return each(repo, func(page, have, want string) error {
		d := diff.Diff(page, []byte(have), page+" (woven)", []byte(want))
		return fmt.Errorf("%s is stale: go run ./scripts/weave writes it anew (or git restore what you only tried)\n%s", page, d)
	})
}

// Update weaves every page of the repository at root and writes those
// that change, each in one step. It returns the pages written. A page
// that cannot be woven is left as it is; the error names every problem.
func Update(root string) (changed []string, err error) {
	err = each(os.DirFS(root), func(page, _, want string) error {
		if err := replace(filepath.Join(root, filepath.FromSlash(page)), want); err != nil {
			return err
		}
		changed = append(changed, page)
		return nil
	})
	return changed, err
}

// each weaves every page and calls stale for those that change, with
// the text they have and the one they should have. It joins all errors.
func each(repo fs.FS, stale func(page, have, want string) error) error {
	pages, err := Pages(repo)
	if err != nil {
		return err
	}
	var errs []error
	for _, page := range pages {
		src, err := fs.ReadFile(repo, page)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		woven, err := Weave(repo, page, src)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if have, want := unix(src), string(woven); have != want {
			errs = append(errs, stale(page, have, want))
		}
	}
	return errors.Join(errs...)
}

// replace gives the file name a new text: written aside, then renamed,
// so that nobody ever sees half a page. Its mode stays.
func replace(name, text string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".weave-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it is renamed, as it should
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

var carriageReturns = regexp.MustCompile(`(?m)\r+$`)

// unix returns src with lines that end in \n alone.
func unix(src []byte) string {
	return carriageReturns.ReplaceAllString(string(src), "")
}
