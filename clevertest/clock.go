package clevertest

import (
	"slices"
	"time"
)

// A task is something that the API does by itself at a later date.
type task struct {
	at  time.Time
	run func(at time.Time)
}

// now is the server's clock. The lock is held.
func (s *Server) now() time.Time { return s.cfg.clock().Add(s.offset).UTC() }

// Now returns the time of the server's clock, in UTC.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Advance moves the server's clock forward. Deployments and drains change their states accordingly,
// and bounded log streams whose bound is reached end.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += max(d, 0)
	s.settle()
	close(s.moved)
	s.moved = make(chan struct{})
}

// after plans run for d from start.
func (s *Server) after(start time.Time, d time.Duration, run func(at time.Time)) {
	t := &task{start.Add(d), run}
	i, _ := slices.BinarySearchFunc(s.tasks, t, func(a, b *task) int {
		if a.at.After(b.at) {
			return 1
		}
		return -1 // equal dates: first planned, first run
	})
	s.tasks = slices.Insert(s.tasks, i, t)
	s.settle()
}

// settle runs what is due, and wakes up for the next task: log streams see its effects without
// anyone asking.
func (s *Server) settle() {
	now := s.now()
	for len(s.tasks) > 0 && !s.tasks[0].at.After(now) {
		t := s.tasks[0]
		s.tasks = s.tasks[1:]
		t.run(t.at)
	}
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if len(s.tasks) == 0 || s.closed() {
		return
	}
	s.timer = time.AfterFunc(max(s.tasks[0].at.Sub(now), time.Millisecond), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.settle()
	})
}

func (s *Server) closed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// A life is a status that the clock changes.
type life struct {
	status string
	since  time.Time
	turns  int                // statuses so far
	turned func(at time.Time) // what follows from a new status; may be nil
}

func (s *Server) turn(l *life, status string, at time.Time) {
	l.status, l.since = status, at
	l.turns++
	if l.turned != nil {
		l.turned(at)
	}
}

// walk gives l each of the statuses in turn, a step apart, unless something else happens to it
// meanwhile.
func (s *Server) walk(l *life, statuses ...string) {
	if len(statuses) == 0 {
		return
	}
	turn := l.turns
	s.after(l.since, s.cfg.step, func(at time.Time) {
		if l.turns == turn {
			s.turn(l, statuses[0], at)
			s.walk(l, statuses[1:]...)
		}
	})
}

// soon does what a call started, a step after it. A call that a fault makes fail starts nothing.
func (s *Server) soon(c *call, run func(at time.Time)) {
	if !c.fails {
		s.after(s.now(), s.cfg.step, run)
	}
}
