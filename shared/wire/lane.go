package wire

import (
	"sync"
	"time"
)

// A lane does things in order, each a certain time after it was put in.
type lane struct {
	relay *Relay
	after time.Duration
	done  chan struct{} // closed when it has ended; nil where whoever puts in does it

	mu     sync.Mutex // guards what follows
	change sync.Cond  // that changed
	steps  []step
	held   int // bytes, those of the step that is being done among them
	ending bool
}

type step struct {
	due  time.Time
	size int // what it holds, in bytes
	do   func()
}

const (
	mostHeld = 512 << 10 // bytes that a lane holds
	stepSize = 128       // bytes that a step takes besides what it holds
)

// lane returns a lane for what the weather delays. With slow, it is also one for
// what the rate delays: whoever puts in does not wait for that.
func (r *Relay) lane(w *weather, slow bool) *lane {
	l := &lane{relay: r, after: w.latency}
	l.change.L = &l.mu
	if w.latency > 0 || slow && w.rate > 0 {
		l.done = make(chan struct{})
		go l.run()
	}
	return l
}

func (l *lane) run() {
	defer close(l.done)
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for len(l.steps) == 0 {
			if l.ending {
				return
			}
			l.change.Wait()
		}
		s := l.steps[0]
		l.mu.Unlock()
		l.relay.wait(time.Until(s.due))
		s.do()
		l.mu.Lock()
		l.steps = l.steps[1:]
		l.held -= s.size
		l.change.Broadcast()
	}
}

// do does something that holds so many bytes when its time has come. It waits
// while the lane is full.
func (l *lane) do(size int, f func()) {
	if l.done == nil {
		f()
		return
	}
	size += stepSize
	due := time.Now().Add(l.after)
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.over(size) {
		l.change.Wait()
	}
	l.steps = append(l.steps, step{due, size, f})
	l.held += size
	l.change.Broadcast()
}

// over reports whether a step is too large for what is left of the lane. Alone,
// none is.
func (l *lane) over(size int) bool { return l.held > 0 && l.held+size > mostHeld }

// full reports whether do would wait.
func (l *lane) full(size int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.over(size + stepSize)
}

// end returns when all is done that was put in before. Nothing may be put in
// afterwards.
func (l *lane) end() {
	if l.done == nil {
		return
	}
	l.mu.Lock()
	l.ending = true
	l.change.Broadcast()
	l.mu.Unlock()
	<-l.done
}
