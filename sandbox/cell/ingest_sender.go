package cell

import (
	"sync/atomic"

	"yingbi/sandbox/abi"
)

// sender encodes and writes frames in a goroutine of its own, in the order in
// which they are posted, while the next are made.
type sender struct {
	out    *answers
	queue  chan parcel
	free   chan []target // that were sent and may be filled again
	done   chan struct{}
	ended  bool // the queue is closed
	failed atomic.Pointer[error]
}

// parcel is a frame and the columns whose memory it shares, if it shares any.
type parcel struct {
	name    string
	frame   *abi.Frame
	targets []target
}

// newSender starts a sender. It must be stopped before anybody else answers.
func newSender(out *answers) *sender {
	s := &sender{out: out, queue: make(chan parcel), free: make(chan []target, 2), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *sender) run() {
	defer close(s.done)
	for p := range s.queue {
		if s.failed.Load() == nil {
			if err := s.out.frame(p.name, p.frame); err != nil {
				s.failed.Store(&err)
			}
		}
		if p.targets != nil {
			for i := range p.targets {
				p.targets[i].clear()
			}
			s.free <- p.targets
		}
	}
}

// post takes a frame, or gives the error of an earlier one.
func (s *sender) post(p parcel) error {
	s.queue <- p
	return s.err()
}

// spare gives columns that were sent, or nil if none are back.
func (s *sender) spare() []target {
	select {
	case targets := <-s.free:
		return targets
	default:
		return nil
	}
}

// stop waits until everything is written. It may be called again.
func (s *sender) stop() error {
	if !s.ended {
		close(s.queue)
		s.ended = true
	}
	<-s.done
	return s.err()
}

func (s *sender) err() error {
	if err := s.failed.Load(); err != nil {
		return *err
	}
	return nil
}
