package wire

import "time"

// A lane does things in order, each a certain time after it was put in.
type lane struct {
	relay *Relay
	after time.Duration
	steps chan step // nil where nothing is to wait
	done  chan struct{}
}

type step struct {
	due time.Time
	do  func()
}

// mostSteps bounds what a lane holds: with all that can be joined in each, less
// than half a megabyte.
const mostSteps = 6

func (r *Relay) lane(after time.Duration) *lane {
	l := &lane{relay: r, after: after}
	if after > 0 {
		l.steps, l.done = make(chan step, mostSteps), make(chan struct{})
		go l.run()
	}
	return l
}

func (l *lane) run() {
	defer close(l.done)
	for s := range l.steps {
		if s.do == nil {
			return
		}
		l.relay.wait(time.Until(s.due))
		s.do()
	}
}

// do does something when its time has come. It waits while the lane is full,
// and does nothing once the lane has ended.
func (l *lane) do(f func()) {
	if l.steps == nil {
		f()
		return
	}
	select {
	case l.steps <- step{time.Now().Add(l.after), f}:
	case <-l.done:
	}
}

// end returns when all is done that was put in before.
func (l *lane) end() {
	if l.steps == nil {
		return
	}
	select {
	case l.steps <- step{}:
	case <-l.done:
	}
	<-l.done
}
