package stage

import (
	"flag"
	"slices"
)

// Words reads a command line: flags, before or behind the words, and what
// stands behind "--", which is for a program. It exits where package flag does.
func Words(line []string) (words, args []string) {
	if i := slices.Index(line, "--"); i >= 0 {
		line, args = line[:i], line[i+1:]
	}
	for {
		flag.CommandLine.Parse(line) // exits if it cannot
		if flag.NArg() == 0 {
			return words, args
		}
		words = append(words, flag.Arg(0))
		line = flag.Args()[1:]
	}
}
