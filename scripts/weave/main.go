// Weave fills the pages from their sources.
//
// Usage:
//
//	weave [-check]
//
// It writes the pages whose blocks differ from what they show, and prints
// their names. With -check it writes nothing: it prints the differences,
// and fails if there are any. It works in any folder of the course.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"bothends/shared/lesson"
	"bothends/shared/weave"
)

var check = flag.Bool("check", false, "print what would change, and write nothing")

func main() {
	log.SetFlags(0)
	log.SetPrefix("weave: ")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 0 {
		usage()
		os.Exit(2)
	}

	root, err := lesson.Root()
	if err != nil {
		log.Fatal(err)
	}
	if *check {
		if err := weave.Check(os.DirFS(root)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	changed, err := weave.Update(root)
	for _, page := range changed {
		fmt.Println(page)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run ./scripts/weave [-check]")
	flag.PrintDefaults()
}
