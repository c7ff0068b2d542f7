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

// Need ends a test if something that it needs is missing on this machine, as err
// says: it is skipped, but in CI it fails.
func Need(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}
