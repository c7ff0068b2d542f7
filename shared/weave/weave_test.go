package weave

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"testing/fstest"
)

// tree returns a repository that holds the files.
func tree(files map[string]string) fs.FS {
	repo := fstest.MapFS{}
	for name, text := range files {
		repo[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return repo
}

// folder returns a new folder that holds the files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, tree(files)); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestPages(t *testing.T) {
	repo := tree(map[string]string{
		"README.md":                       "",
		"README.it.md":                    "",
		"READMEnot.md":                    "",
		"CONTRIBUTING.md":                 "",
		"shared/README.md":                "",
		"lessons/index.md":                "",
		"lessons/notes.txt":               "",
		"lessons/01-a/README.md":          "",
		"lessons/01-a/README.pt-BR.md":    "",
		"lessons/01-a/other.md":           "",
		"lessons/01-a/server/README.md":   "",
		"lessons/02-b/server/main.go":     "",
		"lessons/03-[c]/README.md":        "",
		"_work/lessons/01-a/README.md":    "",
		"lessons/01-a/checks/session.md":  "",
		"lessons/01-a/checks/README.md":   "",
		"lessons/01-a/exercises/x/README": "",
	})
	got, err := Pages(repo)
	want := []string{
		"README.it.md", "README.md",
		"lessons/01-a/README.md", "lessons/01-a/README.pt-BR.md",
		"lessons/03-[c]/README.md", "lessons/index.md",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, error %v\nwant %q", got, err, want)
	}
}

func TestNoPages(t *testing.T) {
	repo := tree(nil)
	if got, err := Pages(repo); err == nil {
		t.Errorf("got %q, want an error", got)
	}
	if err := Check(repo); err == nil {
		t.Error("nothing to check, and no error")
	}
}

// A tree with a good page, one that differs in its line endings, a stale
// one, and one with two problems.
var fourPages = map[string]string{
	"README.md":        "fine\n",
	"lessons/dos.md":   "<!-- weave: a.txt -->\r\n```text\r\na\r\n```\r\n<!-- /weave -->\r\n",
	"lessons/stale.md": "<!-- weave: a.txt -->\n```text\nb\n```\n<!-- /weave -->\n",
	"lessons/wrong.md": "<!-- weave: a.txt -->\n<!-- /weave -->\n\n<!-- weave: b.txt -->\n<!-- /weave -->\n<!-- /weave -->\n",
	"lessons/a.txt":    "a\n",
}

const (
	staleWoven  = "<!-- weave: a.txt -->\n```text\na\n```\n<!-- /weave -->\n"
	wrongErrors = `lessons/wrong.md:4: no file lessons/b.txt: a path is relative to the page's folder
lessons/wrong.md:6: this closes no block: remove it, or write <!-- weave: path --> above`
)

func TestCheck(t *testing.T) {
	err := Check(tree(fourPages))
	want := `lessons/stale.md is stale: go run ./scripts/weave writes it anew (or git restore what you only tried)
diff lessons/stale.md lessons/stale.md (woven)
--- lessons/stale.md
+++ lessons/stale.md (woven)
@@ -1,5 +1,5 @@
 <!-- weave: a.txt -->
 ` + "```text" + `
-b
+a
 ` + "```" + `
 <!-- /weave -->

` + wrongErrors
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestUpdate(t *testing.T) {
	root := folder(t, fourPages)
	stale := filepath.Join(root, "lessons", "stale.md")
	if err := os.Chmod(stale, 0o640); err != nil {
		t.Fatal(err)
	}
	changed, err := Update(root)
	if err == nil || err.Error() != wrongErrors {
		t.Errorf("error:\n%v\nwant:\n%s", err, wrongErrors)
	}
	if want := []string{"lessons/stale.md"}; !slices.Equal(changed, want) {
		t.Errorf("changed %q, want %q", changed, want)
	}
	info, err := os.Stat(stale)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o640 && runtime.GOOS != "windows" {
		t.Errorf("mode %o, want 640", mode)
	}
	want := map[string]string{}
	for name, text := range fourPages {
		want[name] = text
	}
	want["lessons/stale.md"] = staleWoven
	same(t, root, want)

	changed, _ = Update(root)
	if len(changed) > 0 {
		t.Errorf("a second time, changed %q", changed)
	}
}

// What cannot be replaced leaves nothing beside it.
func TestReplaceFails(t *testing.T) {
	root := folder(t, map[string]string{"folder/file": ""})
	if err := replace(filepath.Join(root, "folder"), "text"); err == nil {
		t.Error("replaced a folder")
	}
	same(t, root, map[string]string{"folder/file": ""})
}

// same fails unless root holds just the files.
func same(t *testing.T, root string, files map[string]string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if want, ok := files[filepath.ToSlash(rel)]; !ok || string(text) != want {
			t.Errorf("%s holds %q, want %q", rel, text, want)
		}
		return err
	})
	if err != nil || n != len(files) {
		t.Errorf("%d files, want %d, error %v", n, len(files), err)
	}
}
