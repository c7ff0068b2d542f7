package wire

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestSlowCaller has one client send more than the rate lets through in hours:
// another's datagram passes meanwhile, and what has no room is lost.
func TestSlowCaller(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"client:rate=100", "client:latency=1m"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			var rec recorder
			r, anna, server := datagrams(t, Options{See: rec.see, Faults: faulty(t, fault)})
			large := strings.Repeat("a", 30<<10)
			sent, lost := 0, false
			for ; sent < 40 && !lost; sent++ {
				write(t, anna, large)
				rec.awaits(sent + 2)
				rec.mu.Lock()
				lost = rec.events[len(rec.events)-1].Fate == Dropped
				rec.mu.Unlock()
			}
			if each := len(large) + stepSize; !lost || (sent-1)*each > mostHeld || sent*each <= mostHeld {
				t.Fatalf("of %d datagrams of %d bytes, the last is lost: %t", sent, len(large), lost)
			}
			if fault != "client:rate=100" {
				return
			}
			bruno, err := net.Dial("udp", r.doors[0].addr)
			if err != nil {
				t.Fatal(err)
			}
			defer bruno.Close()
			began := time.Now()
			write(t, bruno, "0123456789")
			buf := make([]byte, 100)
			n, _, err := server.ReadFrom(buf)
			if err != nil || string(buf[:n]) != "0123456789" {
				t.Fatalf("read %q, error %v", buf[:n], err)
			}
			if d := time.Since(began); d < 100*time.Millisecond {
				t.Errorf("10 bytes took %v at 100 a second", d)
			}
		})
	}
}

// awaits waits until there are so many events.
func (r *recorder) awaits(n int) {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); runtime.Gosched() {
		r.mu.Lock()
		have := len(r.events)
		r.mu.Unlock()
		if have >= n {
			return
		}
	}
}
