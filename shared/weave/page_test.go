package weave

import (
	"strings"
	"testing"
)

const page = "lessons/01-parity/README.md"

// Most tests weave one page in this repository.
var repository = map[string]string{
	"go.mod":                              "module bothends\n",
	"lessons/01-parity/server/main.go":    serverSource,
	"lessons/01-parity/client/main.go":    "package main\n\nfunc main() {}\n",
	"lessons/01-parity/session.txtar":     session,
	"lessons/01-parity/notes.txt":         "\n\n  two\n    four\n\n  two\n\n",
	"lessons/01-parity/blank.txt":         " \n\t\n\n",
	"lessons/01-parity/ticks.txt":         "a\n```go\n````\n<!-- /weave -->\n",
	"lessons/01-parity/dos.txt":           "one\r\ntwo\r\r\n\r",
	"lessons/01-parity/exercises/x/x.txt": "x\n",
	"shared/far.sh":                       "echo far\n",
}

func TestWeave(t *testing.T) {
	repo := tree(repository)
	for _, test := range []struct{ name, have, want string }{
		{"empty page", "", ""},
		{"no directive", "# A page\n\ntext\n", "# A page\n\ntext\n"},
		{"no final newline", "text", "text"},
		{
			"a stale fence",
			"# A page\n<!-- weave: exercises/x/x.txt -->\n```go\nold\n```\n<!-- /weave -->\nrest\n",
			"# A page\n<!-- weave: exercises/x/x.txt -->\n```text\nx\n```\n<!-- /weave -->\nrest\n",
		},
		{
			"only the comments, white space after them",
			"<!-- weave: exercises/x/x.txt --> \n<!-- /weave -->\t\n",
			"<!-- weave: exercises/x/x.txt --> \n```text\nx\n```\n<!-- /weave -->\t\n",
		},
		{
			"blank lines around the fence",
			"<!-- weave: exercises/x/x.txt -->\n\n~~~\nold\n~~~\n\n<!-- /weave -->",
			"<!-- weave: exercises/x/x.txt -->\n```text\nx\n```\n<!-- /weave -->",
		},
		{
			"two blocks",
			"<!-- weave: exercises/x/x.txt -->\n<!-- /weave -->\n<!-- weave: ../../shared/far.sh -->\n<!-- /weave -->\n",
			"<!-- weave: exercises/x/x.txt -->\n```text\nx\n```\n<!-- /weave -->\n<!-- weave: ../../shared/far.sh -->\n```sh\necho far\n```\n<!-- /weave -->\n",
		},
		{
			"CRLF",
			"a\r\n<!-- weave: dos.txt -->\r\n```text\r\none\r\ntwo\r\n```\r\n<!-- /weave -->\r\nb\r\n",
			"a\n<!-- weave: dos.txt -->\n```text\none\ntwo\n```\n<!-- /weave -->\nb\n",
		},
		{
			"backticks and comments in the content",
			"<!-- weave: ticks.txt -->\n<!-- /weave -->\n",
			"<!-- weave: ticks.txt -->\n`````text\na\n```go\n````\n<!-- /weave -->\n`````\n<!-- /weave -->\n",
		},
		{
			"dedented, no blank lines around",
			"<!-- weave: notes.txt -->\n<!-- /weave -->\n",
			"<!-- weave: notes.txt -->\n```text\ntwo\n  four\n\ntwo\n```\n<!-- /weave -->\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Weave(repo, page, []byte(test.have))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
			again, err := Weave(repo, page, got)
			if err != nil || string(again) != test.want {
				t.Errorf("woven again, error %v:\n%s", err, again)
			}
		})
	}
}

// What is literal stays, and is no error.
func TestLiteral(t *testing.T) {
	repo := tree(repository)
	for name, text := range map[string]string{
		"in a fence":                 "```\n<!-- weave: none -->\n<!-- /weave -->\n<!-- weave -->\n```\n",
		"in a longer fence":          "````md\n```\n<!-- weave: none -->\n```\n````\n",
		"in tildes":                  "~~~\n```\n<!-- weave: none -->\n~~~\n",
		"in a quoted fence":          "> ```\n> <!-- weave: none -->\n> ```\n",
		"in a fence of a list":       "1. ```\n   <!-- weave: none -->\n   ```\n",
		"in a fence of a long list":  "10. ```\n    <!-- weave: none -->\n    ```\n",
		"in prose":                   "Write `<!-- weave: none -->` above it.\n",
		"another comment":            "<!-- weaver: none -->\n<!-- panes -->\n",
		"a deeper fence is text":     "```\n    ```\n<!-- weave: none -->\n```\n",
		"a quoted fence is text":     "```\n> ```\n<!-- weave: none -->\n```\n",
		"a fence in a list is text":  "```\n- ```\n<!-- weave: none -->\n```\n",
		"info strings close nothing": "```\n```go\n<!-- weave: none -->\n```\n",
		"inline code is no fence":    "```inline``` code\n",
		"console, commands only":     "```console\n$ go version\n\n$ go run ./x\n```\n",
		"console in a list":          "- a\n\n  ```console\n  $ go version\n  ```\n",
		"console in a quotation":     "> ```console\n> $ go version\n>\n> $ go env\n> ```\n",
		"output, but not as console": "```text\nlistening\n```\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Weave(repo, page, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != text {
				t.Errorf("got:\n%s", got)
			}
		})
	}
}

func TestBrokenPage(t *testing.T) {
	repo := tree(repository)
	const at = page + ":"
	const x = "<!-- weave: exercises/x/x.txt -->\n"
	malformed := "malformed directive: write <!-- weave: path#selector --> or <!-- /weave --> from the first column, alone on its line (to show one, put it in a fence)"
	other := "this block holds something other than one fence: leave one, or only the two comments"
	for _, test := range []struct{ name, have, want string }{
		{"unclosed", "\n" + x + "```\n```\n", at + "2: this block is never closed: write <!-- /weave --> below its fence"},
		{"unopened", "\n<!-- /weave -->\n", at + "2: this closes no block: remove it, or write <!-- weave: path --> above"},
		{
			"nested", x + x + "<!-- /weave -->\n",
			at + "1: this block is not closed before the directive on line 2: write <!-- /weave --> first (blocks do not nest)",
		},
		{"two fences", x + "```\n```\n```\n```\n<!-- /weave -->\n", at + "1: " + other},
		{"prose", x + "text\n<!-- /weave -->\n", at + "1: " + other},
		{"fence and prose", x + "```\n```\ntext\n<!-- /weave -->\n", at + "1: " + other},
		{"unclosed fence in a block", x + "```\n<!-- /weave -->\n", at + "1: the fence on line 2 of this block is never closed: close it"},
		{"unclosed fence", "a\n````\n```\n", at + "2: this fence is never closed: close it"},
		{"no path", "<!-- weave: -->\n", at + "1: " + malformed},
		{"no colon", "<!-- weave x.txt -->\n", at + "1: " + malformed},
		{"no space", "<!--weave: x.txt-->\n", at + "1: " + malformed},
		{"capital", "<!-- Weave: x.txt -->\n", at + "1: " + malformed},
		{"two words", "<!-- weave: x.txt y.txt -->\n", at + "1: " + malformed},
		{"no selector", "<!-- weave: x.txt# -->\n", at + "1: " + malformed},
		{"indented", "  <!-- weave: x.txt -->\n", at + "1: " + malformed},
		{"behind text", "see <!-- weave: x.txt -->\n", at + "1: " + malformed},
		{"closing behind text", "see <!-- /weave -->\n", at + "1: " + malformed},
		{
			"malformed closing", x + "```\n```\n<!--/weave-->\n",
			at + "1: this block is not closed before the directive on line 4: write <!-- /weave --> first (blocks do not nest)\n" +
				at + "4: " + malformed,
		},
		{
			"output by hand", "```console\n$ go run ./x\nlistening\n```\n",
			at + `1: nothing verified the output "listening": weave it from a script's section, or show the $ lines only`,
		},
		{
			"output by hand, in a list", "1. ~~~~ Console title\n   > hello\n   ~~~~\n",
			at + `1: nothing verified the output "> hello": weave it from a script's section, or show the $ lines only`,
		},
		{
			"output by hand, quoted", "> ```console\n> hello\n> ```\n",
			at + `1: nothing verified the output "hello": weave it from a script's section, or show the $ lines only`,
		},
		{
			"several problems", "<!-- /weave -->\n<!-- weave: none.go -->\n<!-- /weave -->\n```console\nx\n```\n" + x + "<!-- /weave -->\n" + x,
			at + "1: this closes no block: remove it, or write <!-- weave: path --> above\n" +
				at + "2: no file lessons/01-parity/none.go: a path is relative to the page's folder\n" +
				at + `4: nothing verified the output "x": weave it from a script's section, or show the $ lines only` + "\n" +
				at + "9: this block is never closed: write <!-- /weave --> below its fence",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Weave(repo, page, []byte(test.have))
			if err == nil {
				t.Fatalf("no error; got:\n%s", got)
			}
			if err.Error() != test.want {
				t.Errorf("got:\n%v\nwant:\n%s", err, test.want)
			}
			if got != nil {
				t.Errorf("a page in spite of the error:\n%s", got)
			}
		})
	}
}

// Weaving a woven page changes nothing, and nothing makes weaving panic.
func FuzzWeave(f *testing.F) {
	f.Add("<!-- weave: a.txt -->\n```text\nold\n```\n<!-- /weave -->\n", "a\r\n\tb\n")
	f.Add("<!-- weave: a.go#F -->\r\n<!-- /weave -->", "package a\n\n// F.\nfunc (T[P]) F() {}\nconst (\n\tF = 1 // one\n)")
	f.Add("<!-- weave: a.txt#@r -->\n<!-- /weave -->", "//weave:begin r\n~~~~\n```` `````\n#weave:end r\n")
	f.Add("<!-- weave: a.txtar#out -->\n<!-- /weave -->", "[unix] ! run -split 'a''b' <x # c\ncmp stdout out\n-- out --\n> $ x\n\n")
	f.Add("<!-- weave: a.txtar#out -->\n<!-- /weave -->", "exec go run 'x y'\ncmp stdout out\n-- out --\n```\n\r\r\n")
	f.Add("1. ```console\n   $ x\n   ```\n> ~~~\n> ~~~", "")
	f.Fuzz(func(t *testing.T, src, file string) {
		repo := tree(map[string]string{"a.txt": file, "a.go": file, "a.txtar": file})
		once, err := Weave(repo, "README.md", []byte(src))
		if err != nil {
			if once != nil || !strings.HasPrefix(err.Error(), "README.md:") {
				t.Errorf("page %q, error %v", once, err)
			}
			return
		}
		twice, err := Weave(repo, "README.md", once)
		if err != nil || string(twice) != string(once) {
			t.Errorf("woven again, error %v\nonce:\n%s\ntwice:\n%s", err, once, twice)
		}
	})
}
