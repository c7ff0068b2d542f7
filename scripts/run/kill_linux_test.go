package main

import (
	"testing"

	"bothends/shared/lesson/lessontest"
)

// TestKilled checks that nothing outlives a runner that had no chance to end it.
func TestKilled(t *testing.T) {
	lessontest.Slow(t)
	t.Parallel()
	r := play(t, "deaf", "deaf", nil)
	s, c := r.alive("server"), r.alive("client")
	r.await("client │ listening")
	r.cmd.Process.Kill()
	r.end(-1)
	r.dead(s, c)
}
