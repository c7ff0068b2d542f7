package lessontest

import (
	"os"
	"testing"
)

// Everything reports whether tests that take long are wanted, too: CI is set.
func Everything() bool { return os.Getenv("CI") != "" }

// Slow skips a test of a tool that takes long, unless everything is to be tested.
func Slow(t *testing.T) {
	t.Helper()
	if !Everything() {
		t.Skip("takes long: set CI to test everything")
	}
}
