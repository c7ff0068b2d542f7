package lessontest

import (
	"flag"
	"os"
	"testing"
)

// Everything reports whether tests that take long are wanted, too: EVERYTHING is
// set in the environment.
func Everything() bool { return os.Getenv("EVERYTHING") != "" }

// Slow skips a test of a tool that takes long, or starts many programs, unless
// everything is to be tested, or just what -run names.
func Slow(t *testing.T) {
	t.Helper()
	if !Everything() && flag.Lookup("test.run").Value.String() == "" {
		t.Skip("takes long: it is done with EVERYTHING=1 in the environment, or if -run names it")
	}
}
