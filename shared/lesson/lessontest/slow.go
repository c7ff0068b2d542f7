package lessontest

import (
	"os"
	"testing"
)

// Everything reports whether tests that take long are wanted, too: EVERYTHING is
// set in the environment.
func Everything() bool { return os.Getenv("EVERYTHING") != "" }

// Slow skips a test of a tool that takes long, unless everything is to be tested.
func Slow(t *testing.T) {
	t.Helper()
	if !Everything() {
		t.Skip("takes long: EVERYTHING=1 go test ./... has it")
	}
}
