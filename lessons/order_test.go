package lessons

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bothends/shared/lesson"
)

// A page says in a comment what it introduces:
//
//	<!-- introduces
//	packages: net os
//	calls: net.Dial .Read
//	words: socket, end of the stream
//	-->
//
// A call is a function, type or variable of a package, or a method, of
// whatever type. A word stands in italics where the page explains it.
var introduction = regexp.MustCompile(`(?s)<!-- introduces\n(.*?)-->`)

// TestOrder checks that no lesson uses what no lesson up to it has introduced.
func TestOrder(t *testing.T) {
	known := map[string]string{} // package or call → page that introduces it
	words := map[string]string{} // word → page that introduces it
	var pages []lesson.Lesson
	prose := map[string]string{}
	for _, l := range all(t) {
		page, err := os.ReadFile(filepath.Join(l.Dir, "README.md"))
		if err != nil {
			t.Error(err)
			continue
		}
		m := introduction.FindSubmatch(page)
		if m == nil {
			t.Errorf("%s: the page does not say what it introduces", l.Name)
			continue
		}
		used := uses(t, l)
		text := plain(string(page))
		for line := range strings.Lines(string(m[1])) {
			kind, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch kind {
			case "packages", "calls":
				for _, name := range strings.Fields(list) {
					if by, ok := known[name]; ok {
						t.Errorf("%s introduces %s, and so did %s", l.Name, name, by)
					}
					if !used[name] {
						t.Errorf("%s introduces %s, and does not use it", l.Name, name)
					}
					known[name] = l.Name
				}
			case "words":
				for _, word := range strings.Split(list, ", ") {
					if by, ok := words[word]; ok {
						t.Errorf("%s introduces %q, and so did %s", l.Name, word, by)
					}
					if !strings.Contains(text, "*"+word+"*") {
						t.Errorf("%s introduces %q: where it explains it, let it say *%[2]s*", l.Name, word)
					}
					words[word] = l.Name
				}
			default:
				t.Errorf("%s introduces %q: want packages, calls or words", l.Name, kind)
			}
		}
		for name := range used {
			if known[name] == "" {
				t.Errorf("%s uses %s, which no lesson up to it introduces", l.Name, name)
			}
		}
		pages = append(pages, l)
		prose[l.Name] = text
	}
	for word, by := range words {
		early := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(word) + `s?\b`)
		for _, l := range pages {
			if l.Name < by && early.MatchString(prose[l.Name]) {
				t.Errorf("%s uses %q, which only %s introduces", l.Name, word, by)
			}
		}
	}
}

// uses returns the packages and the calls that the lesson's programs use.
func uses(t *testing.T, l lesson.Lesson) map[string]bool {
	used := map[string]bool{}
	for _, name := range lesson.Pair {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(l.Dir, name, "main.go"), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		packages := map[string]bool{}
		for _, spec := range file.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			used[p] = true
			name := path.Base(p)
			if regexp.MustCompile(`^v\d+$`).MatchString(name) {
				name = path.Base(path.Dir(p))
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			packages[name] = true
		}
		var own []string // methods of the program itself
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				own = append(own, f.Name.Name)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && packages[x.Name] {
					used[x.Name+"."+n.Sel.Name] = true
				}
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || slices.Contains(own, f.Sel.Name) {
					break
				}
				if x, ok := f.X.(*ast.Ident); !ok || !packages[x.Name] {
					used["."+f.Sel.Name] = true
				}
			}
			return true
		})
	}
	return used
}

var (
	fences   = regexp.MustCompile("(?ms)^(```+).*?^```+$")
	comments = regexp.MustCompile(`(?s)<!--.*?-->`)
	code     = regexp.MustCompile("`[^`]*`")
	targets  = regexp.MustCompile(`\]\([^)]*\)`)
)

// plain returns the prose of a page: no code, no comments, no links' targets.
func plain(page string) string {
	for _, re := range []*regexp.Regexp{comments, fences, code, targets} {
		page = re.ReplaceAllString(page, " ")
	}
	return strings.Join(strings.Fields(page), " ")
}
