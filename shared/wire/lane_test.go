package wire

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestLane puts in many small things at once: each must be done when its time
// has come, and not when others before it have been.
func TestLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const after = 200 * time.Millisecond
		r := New(Options{})
		defer r.Close()
		l := r.lane(&weather{latency: after}, false)
		began := time.Now()
		var took []time.Duration
		for range 30 {
			l.do(100, func() { took = append(took, time.Since(began)) })
		}
		if d := time.Since(began); d > 0 {
			t.Errorf("30 small things took %v to put in", d)
		}
		l.end()
		if len(took) != 30 || took[0] != after || took[29] != after {
			t.Errorf("they were done after %v", took)
		}
	})
}

// TestLaneFull puts in more than a lane holds: that must wait, even if it is
// nothing but steps, and a thing that is too large must get in alone.
func TestLaneFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const after = time.Second
		r := New(Options{})
		defer r.Close()
		for _, size := range []int{0, chunk, 2 * mostHeld} {
			l := r.lane(&weather{latency: after}, false)
			began := time.Now()
			n := 0
			for ; time.Since(began) < after; n++ {
				l.do(size, func() {})
			}
			l.end()
			// The last one waited for the first.
			if held := (n - 1) * (size + stepSize); n < 2 || n > 2 && held > mostHeld+stepSize || held < mostHeld-size-stepSize {
				t.Errorf("%d of %d bytes got in at once", n-1, size)
			}
		}
	})
}
