// Run plays a lesson: its server and its client, in one terminal.
//
// Usage:
//
//	run [-color auto|always|never] [LESSON [server|client]] [-- ARG ...]
//
// Without arguments it lists the lessons. LESSON is a number, or a folder's
// name. The keyboard goes to the client, and so do the ARGs; with server or
// client, that program runs alone and gets them. The client's end ends the
// server, and Ctrl-C both; pressed once more, at once.
//
// The exit status is the client's, or that of the program that ran alone or
// could not start.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"bothends/shared/console"
	"bothends/shared/lesson"
	"bothends/shared/progress"
	"bothends/shared/stage"
)

// Variables, for the tests.
var (
	newStage = stage.New
	build    = lesson.Lesson.Build
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("run: ")
	words, args := flags(os.Args[1:])
	root, err := lesson.Root()
	if err != nil {
		log.Fatal(err)
	}
	if len(words) == 0 {
		list(root)
		return
	}
	l, err := lesson.Find(root, words[0])
	if err != nil {
		log.Print(err)
		os.Exit(2)
	}
	names := lesson.Pair
	if len(words) > 1 {
		names = words[1:2]
	}
	paths, err := build(l, names...)
	if err != nil {
		log.Fatal(err)
	}
	show := console.New(os.Stdout, names...)
	s := newStage(show)
	var status int
	if len(names) == 1 {
		status = s.PlayOne(names[0], paths[0], args)
	} else {
		status = s.PlayBoth(paths[0], paths[1], args)
	}
	show.Close()
	if status == 0 && s.Context().Err() == nil {
		played(root, l)
	}
	os.Exit(status)
}

// flags reads the command line.
func flags(line []string) (words, args []string) {
	colored := flag.String("color", "auto", "colour the names: `when` is auto, always or never")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: run [-color when] [LESSON [server|client]] [-- ARG ...]")
		flag.PrintDefaults()
	}
	words, args = stage.Words(line)
	if len(words) > 2 || len(words) == 2 && !slices.Contains(lesson.Pair, words[1]) || len(words) == 0 && len(args) > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := console.SetColor(*colored); err != nil {
		log.Print(err)
		os.Exit(2)
	}
	return words, args
}

// list shows the lessons, by part.
func list(root string) {
	lessons, err := lesson.All(root)
	if err != nil {
		log.Fatal(err)
	}
	record, err := progress.Read(root)
	if err != nil {
		log.Printf("what you have done is not known: %v", err)
	}
	next := ""
	for i, part := range lesson.Parts {
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		titled := false
		for _, l := range lessons {
			if l.Number < part.First || l.Number > part.Last {
				continue
			}
			if !titled {
				fmt.Printf("%d. %s\n", i+1, part.Title)
				titled = true
			}
			question, err := l.Question()
			if err != nil {
				log.Fatal(err)
			}
			state, err := done(l, record)
			if err != nil {
				log.Fatal(err)
			}
			if state == "" && next == "" {
				state, next = "next", l.Name[:2]
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\n", state, l.Name, question)
		}
		t.Flush()
		if titled {
			fmt.Println()
		}
	}
	if next == "" {
		fmt.Println("You have begun them all.")
	} else {
		fmt.Println("Next: go run ./scripts/run", next)
	}
}

// done says how far somebody has come with a lesson: "", "played", "1 of 3" of
// its exercises, or "done".
func done(l lesson.Lesson, record progress.Record) (string, error) {
	names, err := l.Exercises()
	if err != nil {
		return "", err
	}
	n := 0
	for _, name := range names {
		if _, ok := record.Passed[l.Name+"/"+name]; ok {
			n++
		}
	}
	_, played := record.Played[l.Name]
	switch {
	case n > 0 && n == len(names):
		return "done", nil
	case n > 0:
		return fmt.Sprintf("%d of %d", n, len(names)), nil
	case played:
		return "played", nil
	}
	return "", nil
}

func played(root string, l lesson.Lesson) {
	record, err := progress.Read(root)
	if err == nil {
		record.Played[l.Name] = time.Now().UTC().Truncate(time.Second)
		err = record.Write(root)
	}
	if err != nil {
		log.Print("could not note that you played it: ", err)
	}
}
