package weave

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

const session = `# Terminal 1: the server. Don't wait.
serve server

# Terminal 2: one datagram for each argument.
run client four 'good bye' ''   # the last is empty
cmp stdout client.txt

interrupt server
[our:server] cmp stdout server.txt

-- client.txt --

  four: OK

-- server.txt --
listening on 127.0.0.1:20000
^C
`

// sections returns an archive with a script and the sections it may name.
func sections(script string) string {
	return script + "\n-- out --\nx\n-- out.go --\npackage x\n-- in --\n> y\n"
}

func TestTranscript(t *testing.T) {
	const l = "$ go run ./lessons/01/"
	for _, test := range []struct{ name, script, want string }{
		{"run", "run client\ncmp stdout out", l + "client"},
		{"arguments", "run client -addr 127.0.0.1:1 'a b' ''\tc\ncmp stdout out", l + "client -addr 127.0.0.1:1 'a b' '' c"},
		{"words in Unicode", "run client über '日 本'\ncmp stdout out", l + "client über '日 本'"},
		{"a comment", "run client a#b c\ncmp stdout out # this", l + "client a"},
		{"no comment", "run client 'a#b'\ncmp stdout out", l + "client 'a#b'"},
		{"input", "run client -x <in\ncmp stdout out", l + "client -x < in"},
		{"only input", "run client <in\ncmp stdout out", l + "client < in"},
		{"split", "run -split client a\ncmp stdout out", l + "client a"},
		{"split, stderr", "run -split client a\ncmp stderr out", l + "client a"},
		{"split, both", "run -split client a\ncmp stderr out\ncmp stdout out", l + "client a"},
		{"play", "play in client a\ncmp stdout out", l + "client a"},
		{"play what is compared", "play out client\ncmp stdout out", l + "client"},
		{"a label", "run client@anna a@b\ncmp stdout out", l + "client a@b"},
		{"a quoted name", "run 'client' a\ncmp stdout out", l + "client a"},
		{"a deep name", "run exercises/x/starter/server@b\ncmp stdout out", l + "exercises/x/starter/server"},
		{"a failure", "! run client\ncmp stdout out", l + "client"},
		{"interrupt", "serve server -a\nrun client\ninterrupt server\ncmp stdout out", l + "server -a"},
		{"close", "open client b\nclose client\ncmp stdout out", l + "client b"},
		{"finish", "serve server\n! finish server\ncmp stdout out", l + "server"},
		{"await", "open client@a 1\nopen client@b 2\nrun server\nawait client@a '^x|y'\ncmp stdout out", l + "client 1"},
		{"started again", "open client 1\nclose client\nopen client 2\nclose client\ncmp stdout out", l + "client 2"},
		{"other commands between", "run client\ndial p tcp x:1\nrecv p a\nclose p\ntype a b\ncmp stdout out", l + "client"},
		{"other files change", "cp in x\nrm x\nrun client\ncmp stdout out", l + "client"},
		{"exec", "exec go version -m 'a b' # c\ncmp stdout out", "$ go version -m 'a b'"},
		{"exec, quoted", "exec sh -c 'a & b'\ncmp stdout out", "$ sh -c 'a & b'"},
		{"cmpenv", "run client\ncmpenv stdout out", l + "client"},
		{"conditions", "[unix] [!short] run client\n[net] cmp stdout out", l + "client"},
		{"a condition on the comparison", "run server\nrun client\n[net] cmp stdout out", l + "client"},
		{"a condition twice", "run server\n[ipv6] run client\n[ipv6] cmp stdout out", l + "client"},
		{"a condition on the start", "[unix] serve server\ninterrupt server\ncmp stdout out", l + "server"},
		{"the same on either", "[unix] run client\n[!unix] run client\ncmp stdout out", l + "client"},
		{"the same twice", "run client\ncmp stdout out\nrun server\nrun client\ncmp stdout out", l + "client"},
		{"two commands, two sections", "run server\ncmp stdout in\nrun client\ncmp stdout out", l + "client"},
		{"a stop on a condition", "[windows] stop\nrun client\ncmp stdout out", l + "client"},
		{"compared before the stop", "run client\ncmp stdout out\nstop", l + "client"},
		{"compared with a file too", "cmp file out\nrun client\ncmp stdout out", l + "client"},
	} {
		t.Run(test.name, func(t *testing.T) {
			repo := lessonTree(sections(test.script))
			lang, text, err := excerpt(repo, "lessons/01/README.md", "s.txtar", "out")
			if err != nil {
				t.Fatal(err)
			}
			if want := test.want + "\nx"; lang != "console" || text != want {
				t.Errorf("got %s:\n%s\nwant:\n%s", lang, text, want)
			}
		})
	}
}

// A section that is compared with a file is no transcript.
func TestSection(t *testing.T) {
	repo := lessonTree(sections("cmp file out\ncmp file out.go"))
	for section, want := range map[string]string{"out": "text x", "out.go": "go package x"} {
		lang, text, err := excerpt(repo, "lessons/01/README.md", "s.txtar", section)
		if got := lang + " " + text; err != nil || got != want {
			t.Errorf("%s: got %q, error %v, want %q", section, got, err, want)
		}
	}
}

// A section is shown just as it is.
func TestSectionText(t *testing.T) {
	repo := tree(repository)
	_, text, err := excerpt(repo, page, "session.txtar", "client.txt")
	if want := "$ go run ./lessons/01-parity/client four 'good bye' ''\n\n  four: OK\n"; err != nil || text != want {
		t.Errorf("got %q, error %v, want %q", text, err, want)
	}
}

func TestBadSection(t *testing.T) {
	const s = "lessons/01/s.txtar"
	uncompared := "no command of " + s + " compares section out with what came: write cmp stdout out in it, or show another section"
	odd := func(word string) string {
		return "a shell reads " + word + " otherwise: put it in '…', with no ' within"
	}
	for _, test := range []struct{ name, archive, want string }{
		{"no section", "-- in --\ny\n", "no section out in " + s + ": it has in"},
		{"two sections", "run client\ncmp stdout out\n-- out --\nx\n-- out --\ny\n", s + " has two sections out: rename one"},
		{"two other sections", sections("run client\ncmp stdout out") + "-- in --\n", s + " has two sections in: rename one"},
		{"no name", "run client\ncmp stdout out\n-- out --\nx\n-- --\n", s + ":5: this section has no name: write -- name --"},
		{"empty", "run client\ncmp stdout out\n-- out --\n\n", "section out of " + s + " is empty: select something to show"},
		{"not compared", sections("run client\ncmp stdout in"), uncompared},
		{"in a comment", sections("run client\n# cmp stdout out"), uncompared},
		{"negated", sections("run client\n! cmp stdout out"), uncompared},
		{"negated on a condition", sections("run client\n[unix] ! cmp stdout out"), uncompared},
		{"after stop", sections("run client\nstop\ncmp stdout out"), uncompared},
		{"after skip", sections("run client\nskip 'no'\ncmp stdout out"), uncompared},
		{"the wrong way round", sections("run client\ncmp out stdout"), uncompared},
		{"with a section", sections("run client\ncmp in out"), uncompared},
		{"matched only", sections("run client\nstdout x\ngrep x out"), uncompared},
		{
			"two commands", sections("run client a\ncmp stdout out\nrun client b\ncmp stdout out"),
			s + " compares section out with the output of more than one command (go run ./lessons/01/client a; go run ./lessons/01/client b): give each its own section",
		},
		{
			"two commands on conditions", sections("[unix] run client a\n[windows] run client b\ncmp stdout out"),
			s + " compares section out with the output of more than one command (go run ./lessons/01/client a; go run ./lessons/01/client b): give each its own section",
		},
		{
			"a command on a condition", sections("run client a\n[windows] run client b\ncmp stdout out"),
			s + " compares section out with the output of more than one command (go run ./lessons/01/client a; go run ./lessons/01/client b): give each its own section",
		},
		{
			"two starts on conditions", sections("[unix] serve server a\n[windows] serve server b\nrun client\ninterrupt server\ncmp stdout out"),
			s + " compares section out with the output of more than one command (go run ./lessons/01/server a; go run ./lessons/01/server b): give each its own section",
		},
		{"no program", sections("serve server\ncmp stdout out"), s + ":2: no program has run before this comparison: move it below one"},
		{"nothing started", sections("run client\ninterrupt client\ncmp stdout out"), s + ":2: nothing started client: serve or open it first"},
		{"another label", sections("serve server@a\nawait server@b x\ncmp stdout out"), s + ":2: nothing started server@b: serve or open it first"},
		{"wait", sections("exec a\nwait\ncmp stdout out"), s + ":2: a page cannot show what wait collects: use close, finish or interrupt"},
		{"wait on a condition", sections("exec a\n[unix] wait\ncmp stdout out"), s + ":2: a page cannot show what wait collects: use close, finish or interrupt"},
		{"recv", sections("run client\nrecv p\ncmp stdout out"), s + ":2: a page cannot show what recv reads, no command prints it: show a program's output"},
		{"background", sections("exec a &\ncmp stdout out"), s + ":1: a page cannot show what runs in the background: use serve or open"},
		{"named background", sections("exec a &b&\ncmp stdout out"), s + ":1: a page cannot show what runs in the background: use serve or open"},
		{"no such program", sections("run none a\ncmp stdout out"), s + ":1: no program lessons/01/none: a program is a folder beside its script"},
		{"a file", sections("run s.txtar\ncmp stdout out"), s + ":1: no program lessons/01/s.txtar: a program is a folder beside its script"},
		{"no program named", sections("run\ncmp stdout out"), s + ":1: name the program"},
		{"play, no name", sections("play in\ncmp stdout out"), s + ":1: name the program"},
		{"play nothing", sections("play\ncmp stdout out"), s + ":1: name the program"},
		{"serve nothing", sections("serve\nclose ''\ncmp stdout out"), s + ":1: name the program"},
		{"a variable", sections("run client $WORK\ncmp stdout out"), s + ":1: " + odd("$WORK")},
		{"a pattern", sections("run client 'how' are you?\ncmp stdout out"), s + ":1: " + odd("you?")},
		{"brackets", sections("serve server -addr [::1]:1\ninterrupt server\ncmp stdout out"), s + ":1: " + odd("[::1]:1")},
		{"a doubled quote", sections("exec echo 'Don''t'\ncmp stdout out"), s + ":1: " + odd("'Don''t'")},
		{"a lone <", sections("run client <\ncmp stdout out"), s + ":1: " + odd("<")},
		{"an open quote", sections("run client\ncmp stdout out\nrun 'x\n"), s + ":3: a quote is never closed: write ' at its end"},
		{"cd", sections("cd x\nrun client\ncmp stdout out"), s + ":1: a page cannot show sections of a script that changes its folder: do without cd"},
		{"cp", sections("run client\ncp stdout out\ncmp stdout out"), s + ":2: cp may change section out, so a page cannot show it: use another file"},
		{"unquote", sections("unquote out\nrun client\ncmp stdout out"), s + ":1: unquote may change section out, so a page cannot show it: use another file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			repo := lessonTree(test.archive)
			lang, text, err := excerpt(repo, "lessons/01/README.md", "s.txtar", "out")
			if err == nil {
				t.Fatalf("no error; got %s:\n%s", lang, text)
			}
			if err.Error() != test.want {
				t.Errorf("got:\n%v\nwant:\n%s", err, test.want)
			}
		})
	}
}

// Words are those that testscript finds.
func TestSplit(t *testing.T) {
	for _, test := range []struct {
		line string
		raw  string // joined by |
		text string
		odd  bool
	}{
		{"", "", "", false},
		{" \t# it's", "", "", false},
		{"a  b\tc\r", "a|b|c", "a|b|c", false},
		{"a#b", "a", "a", false},
		{"'a b'c 'd#e'", "'a b'c|'d#e'", "a bc|d#e", false},
		{"'' a''b", "''|a''b", "|ab", false},
		{"'a''b'", "'a''b'", "a'b", true},
		{"''''", "''''", "'", true},
		{"a*", "a*", "a*", true},
		{"'a*$'", "'a*$'", "a*$", false},
		{"ü日", "ü日", "ü日", false},
	} {
		words, err := split(test.line)
		if err != nil {
			t.Errorf("%q: %v", test.line, err)
			continue
		}
		var raw, text []string
		for _, w := range words {
			raw = append(raw, w.raw)
			text = append(text, w.text)
		}
		odd := slices.ContainsFunc(words, func(w word) bool { return w.odd })
		if r, x := strings.Join(raw, "|"), strings.Join(text, "|"); r != test.raw || x != test.text || odd != test.odd {
			t.Errorf("%q: got %s, %s, %v; want %s, %s, %v", test.line, r, x, odd, test.raw, test.text, test.odd)
		}
	}
}

func lessonTree(script string) fs.FS {
	return tree(map[string]string{
		"lessons/01/s.txtar":                            script,
		"lessons/01/server/main.go":                     "",
		"lessons/01/client/main.go":                     "",
		"lessons/01/exercises/x/starter/server/main.go": "",
	})
}
