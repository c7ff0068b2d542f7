//go:build unix

package progress

import (
	"strings"
	"testing"
	"time"

	"bothends/shared/lesson/lessontest"
)

// TestWhole checks that who reads while the record is written finds it whole.
// (On Windows a file that is being read cannot be replaced.)
func TestWhole(t *testing.T) {
	lessontest.Slow(t)
	root := t.TempDir()
	r := Record{Played: map[string]time.Time{}}
	for i := range 500 {
		r.Played[strings.Repeat("x", i)] = noon
	}
	if err := r.Write(root); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		for range 20 {
			if err := r.Write(root); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		got, err := Read(root)
		if len(got.Played) != len(r.Played) || err != nil {
			t.Errorf("%d of %d, %v", len(got.Played), len(r.Played), err)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}
