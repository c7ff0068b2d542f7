package weave

import (
	"strings"
	"testing"
)

const serverSource = `// Server does.
//
//weave:begin all
package main

import "net"

// Ports are known.
const (
	first = 1 // the first
	// Second is documented.
	second = 2

	third,
	fourth = 3, 4
)

// Addr is where.
var addr = "x" // and why

type (
	// A list is generic.
	list[T any] struct {
		head *T
	}
	plain int
)

// Main serves.
func main() {
	//weave:begin outer
	for {
		//weave:begin serve

		serve(` + "`raw\n\ttext`" + `)
		//weave:end outer
		if true {
			return
		}
		//weave:end serve
	}
}

// Len counts.
func (l *list[T]) len() int { return 0 }

func (p plain) len() int { return 0 }

func init() {}
func init() {}

//weave:end all
//weave:begin hollow
//weave:end hollow
//weave:begin twice
// x
//weave:end twice
//weave:begin twice
// y
//weave:end twice
`

func TestExcerpt(t *testing.T) {
	files := map[string]string{
		"a/a.go":     serverSource,
		"a/a.py":     "def f():\n    #weave:begin f\n    a\n\n      b\n\tc\n    # weave:begin no marker\n    #weave:end f\n",
		"a/tab.c":    "int x;\n \t//weave:begin body \n\tx = 1;\n\t  y();\n   \n\tz();\n//weave:end body\n",
		"a/s.txtar":  "#weave:begin start\nserve server\n#weave:end start\n-- x --\n",
		"a/m.mod":    "module x\n",
		"a/c.json":   "{}",
		"a/c.yml":    "a: b\n",
		"a/c.weird":  "?",
		"a/line.go":  "package a\n\n//line other.y:90\nfunc F() {}\n",
		"top.sh":     "ls",
		"a/h.h":      "x",
		"a/u.go":     "package a\n\n// Ünï.\nvar ü = \"日本\"\n\nfunc last() {}",
		"a/only.txt": "//weave:begin x\ntext\n//weave:end x\n",
	}
	repo := tree(files)
	for _, test := range []struct{ target, lang, want string }{
		{"a.go#first", "go", "first = 1 // the first"},
		{"a.go#second", "go", "// Second is documented.\nsecond = 2"},
		{"a.go#third", "go", "third,\nfourth = 3, 4"},
		{"a.go#fourth", "go", "third,\nfourth = 3, 4"},
		{"a.go#addr", "go", "// Addr is where.\nvar addr = \"x\" // and why"},
		{"a.go#list", "go", "// A list is generic.\nlist[T any] struct {\n\thead *T\n}"},
		{"a.go#plain", "go", "plain int"},
		{"a.go#list.len", "go", "// Len counts.\nfunc (l *list[T]) len() int { return 0 }"},
		{"a.go#plain.len", "go", "func (p plain) len() int { return 0 }"},
		{"a.go#main", "go", "// Main serves.\nfunc main() {\n\tfor {\n\n\t\tserve(`raw\n\ttext`)\n\t\tif true {\n\t\t\treturn\n\t\t}\n\t}\n}"},
		{"a.go#@outer", "go", "for {\n\n\tserve(`raw\ntext`)"},
		{"a.go#@serve", "go", "\tserve(`raw\ntext`)\n\tif true {\n\t\treturn\n\t}"},
		{"line.go#F", "go", "//line other.y:90\nfunc F() {}"},
		{"u.go#ü", "go", "// Ünï.\nvar ü = \"日本\""},
		{"u.go#last", "go", "func last() {}"},
		{"a.py#@f", "python", "    a\n\n      b\n\tc\n    # weave:begin no marker"},
		{"tab.c#@body", "c", "x = 1;\n  y();\n   \nz();"},
		{"s.txtar#@start", "text", "serve server"},
		{"s.txtar", "text", "serve server\n-- x --"},
		{"only.txt", "text", "text"},
		{"m.mod", "text", "module x"},
		{"c.json", "json", "{}"},
		{"c.yml", "yaml", "a: b"},
		{"c.weird", "text", "?"},
		{"h.h", "c", "x"},
		{"../top.sh", "sh", "ls"},
		{"../a/c.json", "json", "{}"},
	} {
		t.Run(test.target, func(t *testing.T) {
			target, selector, _ := strings.Cut(test.target, "#")
			lang, text, err := excerpt(repo, "a/README.md", target, selector)
			if err != nil {
				t.Fatal(err)
			}
			if lang != test.lang || text != test.want {
				t.Errorf("got %s:\n%s\nwant %s:\n%s", lang, text, test.lang, test.want)
			}
		})
	}
}

func TestBadExcerpt(t *testing.T) {
	repo := tree(map[string]string{
		"a/a.go":       serverSource,
		"a/bad.go":     "package a\n\nfunc {\n",
		"a/none.go":    "package a\n",
		"a/blank.txt":  " \n\t\n",
		"a/open.txt":   "a\n//weave:begin x\n",
		"a/open.go":    "package a\n\nfunc F() {}\n\n//weave:begin x\n",
		"a/close.txt":  "#weave:end x\n",
		"a/again.txt":  "#weave:begin x\n#weave:begin x\n#weave:end x\n",
		"a/verb.txt":   "\n#weave:start x\n",
		"a/name.txt":   "#weave:begin\n",
		"a/names.txt":  "#weave:begin x y\n",
		"a/marker.txt": "#weave:begin x\n#weave:end x\n",
		"a/x.py":       "x\n",
		"outside.txt":  "x\n",
	})
	outside := func(target string) string {
		return "the path " + target + " leaves the repository: write one relative to the page's folder, with slashes"
	}
	for _, test := range []struct{ target, want string }{
		{"/a/a.go", outside("/a/a.go")},
		{"../../x", outside("../../x")},
		{"../a/../../x", outside("../a/../../x")},
		{"..", "cannot read .: is a directory"},
		{`..\outside.txt`, outside(`..\outside.txt`)},
		{"C:/x", outside("C:/x")},
		{"none.txt", "no file a/none.txt: a path is relative to the page's folder"},
		{"a.go#none", "no declaration none in a/a.go: it has first, second, third, fourth, addr, list, plain, main, list.len, plain.len, init, init"},
		{"a.go#len", "no declaration len in a/a.go: it has first, second, third, fourth, addr, list, plain, main, list.len, plain.len, init, init"},
		{"a.go#init", "a/a.go has 2 declarations init: rename all but one"},
		{"none.go#x", "no declaration x in a/none.go: it has none"},
		{"bad.go#x", "a/bad.go:3:6: expected 'IDENT', found '{'"},
		{"a.go#@none", "no region none in a/a.go: it has outer, serve, all, hollow, twice, twice"},
		{"a.go#@twice", "a/a.go has 2 regions twice: rename all but one"},
		{"a.go#@hollow", "a.go#@hollow shows nothing: select something that has text"},
		{"x.py#f", "a/x.py has no parts to select with #f: name a region with #@, or show the whole file"},
		{"blank.txt", "blank.txt shows nothing: select something that has text"},
		{"marker.txt", "marker.txt shows nothing: select something that has text"},
		{"open.txt", "a/open.txt:2: region x never ends: write weave:end x below"},
		{"open.go#F", "a/open.go:5: region x never ends: write weave:end x below"},
		{"close.txt", "a/close.txt:1: region x ends without a beginning: write weave:begin x above"},
		{"again.txt", "a/again.txt:2: region x begins again: end the one of line 1 first"},
		{"verb.txt", "a/verb.txt:2: malformed marker: write weave:begin name or weave:end name"},
		{"name.txt", "a/name.txt:1: malformed marker: write weave:begin name or weave:end name"},
		{"names.txt", "a/names.txt:1: malformed marker: write weave:begin name or weave:end name"},
	} {
		t.Run(test.target, func(t *testing.T) {
			target, selector, _ := strings.Cut(test.target, "#")
			_, text, err := excerpt(repo, "a/README.md", target, selector)
			if err == nil {
				t.Fatalf("no error; got:\n%s", text)
			}
			got := err.Error()
			if target == ".." { // what the system calls it is its own business
				got, _, _ = strings.Cut(got, ": ")
				test.want, _, _ = strings.Cut(test.want, ": ")
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got:\n%v\nwant:\n%s", err, test.want)
			}
		})
	}
}
