package weave

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// excerpt returns what a directive of the page names, without a final
// newline, and the language of its fence.
func excerpt(repo fs.FS, page, target, selector string) (lang, text string, err error) {
	file := path.Join(path.Dir(page), target)
	if path.IsAbs(target) || strings.ContainsAny(target, `\:`) || !fs.ValidPath(file) {
		return "", "", fmt.Errorf("the path %s leaves the repository: write one relative to the page's folder, with slashes", target)
	}
	data, err := fs.ReadFile(repo, file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", fmt.Errorf("no file %s: a path is relative to the page's folder", file)
	}
	if err != nil {
		return "", "", fmt.Errorf("cannot read %s: %w", file, reason(err))
	}
	src := unix(data)
	parts, err := regions(file, src) // always: it checks the markers
	if err != nil {
		return "", "", err
	}

	name, isRegion := strings.CutPrefix(selector, "@")
	switch ext := path.Ext(file); {
	case selector == "":
		text = src
	case isRegion:
		text, err = find(parts, "region", name, file)
	case ext == ".txtar":
		return section(repo, file, src, name)
	case ext == ".go":
		if parts, err = declarations(file, src); err == nil {
			text, err = find(parts, "declaration", name, file)
		}
	default:
		err = fmt.Errorf("%s has no parts to select with #%s: name a region with #@, or show the whole file", file, name)
	}
	if err != nil {
		return "", "", err
	}
	if text = tidy(text); text == "" {
		return "", "", fmt.Errorf("%s shows nothing: select something that has text", strings.TrimSuffix(target+"#"+selector, "#"))
	}
	return language(file), text, nil
}

// reason is err without the path that it names.
func reason(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// A part is a piece of a file that a selector names.
type part struct{ name, text string }

// find returns the text of the one part called name. Kind and file are
// for the error.
func find(parts []part, kind, name, file string) (string, error) {
	var names, found []string
	for _, p := range parts {
		names = append(names, p.name)
		if p.name == name {
			found = append(found, p.text)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("no %s %s in %s: it has %s", kind, name, file, cmp.Or(strings.Join(names, ", "), "none"))
	}
	return "", fmt.Errorf("%s has %d %ss %s: rename all but one", file, len(found), kind, name)
}

// marker matches a line that begins or ends a region.
var marker = regexp.MustCompile(`^[ \t]*(?://|#)weave:(.*)$`)

// regions returns the regions of a file, in the order of their ends.
// They may nest and overlap. It fails if a marker has no partner.
func regions(file, src string) ([]part, error) {
	type begin struct {
		name string
		line int
	}
	var parts []part
	var open []begin
	lines := strings.Split(src, "\n")
	for i, line := range lines {
		m := marker.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		verb, name, _ := strings.Cut(strings.TrimSpace(m[1]), " ")
		at := slices.IndexFunc(open, func(b begin) bool { return b.name == name })
		switch {
		case name == "" || strings.ContainsAny(name, " \t") || verb != "begin" && verb != "end":
			return nil, fmt.Errorf("%s:%d: malformed marker: write weave:begin name or weave:end name", file, i+1)
		case verb == "begin" && at >= 0:
			return nil, fmt.Errorf("%s:%d: region %s begins again: end the one of line %d first", file, i+1, name, open[at].line+1)
		case verb == "begin":
			open = append(open, begin{name, i})
		case at < 0:
			return nil, fmt.Errorf("%s:%d: region %s ends without a beginning: write weave:begin %[3]s above", file, i+1, name)
		default:
			parts = append(parts, part{name, strings.Join(lines[open[at].line+1:i], "\n")})
			open = slices.Delete(open, at, at+1)
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("%s:%d: region %s never ends: write weave:end %[3]s below", file, open[0].line+1, open[0].name)
	}
	return parts, nil
}

// declarations returns the top-level declarations of a Go file, each the
// lines it stands on with its doc comment. Of a group in parentheses it
// returns each member by itself.
func declarations(file, src string) ([]part, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var parts []part
	add := func(name string, doc *ast.CommentGroup, node ast.Node) {
		start, end := node.Pos(), node.End()
		if doc != nil {
			start = doc.Pos()
		}
		lo, hi := fset.Position(start).Offset, fset.Position(end).Offset
		lo = strings.LastIndexByte(src[:lo], '\n') + 1
		rest, _, _ := strings.Cut(src[hi:], "\n") // a comment at the end of the line
		parts = append(parts, part{name, src[lo : hi+len(rest)]})
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) > 0 {
				typ := strings.TrimPrefix(types.ExprString(d.Recv.List[0].Type), "*")
				typ, _, _ = strings.Cut(typ, "[") // type parameters
				name = typ + "." + name
			}
			add(name, d.Doc, d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				var names []*ast.Ident
				var doc *ast.CommentGroup
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names, doc = []*ast.Ident{s.Name}, s.Doc
				case *ast.ValueSpec:
					names, doc = s.Names, s.Doc
				}
				for _, name := range names {
					if d.Lparen.IsValid() {
						add(name.Name, doc, spec)
					} else {
						add(name.Name, d.Doc, d)
					}
				}
			}
		}
	}
	return parts, nil
}

// tidy returns text without markers, blank lines around it, and the
// white space that all its lines begin with.
func tidy(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), marker.MatchString)
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return ""
	}
	indent := lines[0]
	for _, line := range lines {
		if blank(line) {
			continue
		}
		n := 0
		for n < len(indent) && n < len(line) && indent[n] == line[n] && (line[n] == ' ' || line[n] == '\t') {
			n++
		}
		indent = indent[:n]
	}
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], indent)
	}
	return strings.Join(lines, "\n")
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }

// language returns the word for a file's fence.
func language(file string) string {
	switch path.Ext(file) {
	case ".go":
		return "go"
	case ".py":
		return "python"
	case ".c", ".h":
		return "c"
	case ".sh":
		return "sh"
	case ".json":
		return "json"
	case ".mmd":
		return "mermaid"
	case ".yml", ".yaml":
		return "yaml"
	}
	return "text"
}
