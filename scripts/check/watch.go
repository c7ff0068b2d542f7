package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const quiet = 200 * time.Millisecond // an editor writes more than once

// watch checks at once, and again after each change, until Ctrl-C.
func (t task) watch(work string) int {
	dirs := t.watched()
	changes, err := changes(dirs, work)
	if err != nil {
		log.Printf("%v: try -poll", err)
		return 3
	}
	for {
		t.check(os.Stdout, work)
		fmt.Printf("\nWatching %s (Ctrl-C ends it)\n", strings.Join(dirs, ", "))
		<-changes
		for settled := false; !settled; {
			select {
			case <-changes:
			case <-time.After(quiet):
				settled = true
			}
		}
	}
}

// watched returns the folders whose files matter: those of the files that the
// commands name, and of programs of ours.
func (t task) watched() []string {
	var dirs []string
	if *server+*client == "" {
		dir := t.lesson.Dir
		if t.exercise != nil {
			dir = t.exercise.Copy(t.root)
		}
		dirs = append(dirs, filepath.Join(dir, "server"), filepath.Join(dir, "client"))
	}
	for _, word := range strings.Fields(*server + " " + *client) {
		word = strings.Trim(word, `'"`)
		if info, err := os.Stat(word); err == nil && !info.IsDir() {
			word = filepath.Dir(word)
		}
		dirs = append(dirs, word)
	}
	dirs = slices.DeleteFunc(dirs, func(dir string) bool {
		info, err := os.Stat(dir)
		return err != nil || !info.IsDir()
	})
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// interval is how often -poll looks for changes.
var interval = time.Second

// changes returns a channel that says when a file in the folders has changed,
// other than ours: the work folder may lie in one of them.
func changes(dirs []string, work string) (<-chan struct{}, error) {
	changed := make(chan struct{}, 1)
	tell := func() {
		select {
		case changed <- struct{}{}:
		default: // it has been told
		}
	}
	if *poll {
		before := stamp(dirs) // now: whoever changes a file from here on is heard
		go func() {
			for ; ; time.Sleep(interval) {
				if now := stamp(dirs); !bytes.Equal(now, before) {
					before = now
					tell()
				}
			}
		}()
		return changed, nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if err := w.Add(dir); err != nil {
			return nil, fmt.Errorf("cannot watch %s: %w", dir, err)
		}
	}
	go func() {
		for {
			select {
			case event := <-w.Events:
				if !event.Has(fsnotify.Chmod) && filepath.Base(event.Name) != filepath.Base(work) {
					tell()
				}
			case err := <-w.Errors:
				log.Print(err)
			}
		}
	}()
	return changed, nil
}

// stamp returns what changes when a file in the folders does.
func stamp(dirs []string) []byte {
	var b bytes.Buffer
	for _, dir := range dirs {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.Mode()&fs.ModeDir == 0 {
				fmt.Fprintln(&b, dir, e.Name(), info.Size(), info.ModTime())
			}
		}
	}
	return b.Bytes()
}
