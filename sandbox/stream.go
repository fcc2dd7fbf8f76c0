package sandbox

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"yingbi/internal/fault"
	"yingbi/sandbox/abi"
)

// stream holds the messages of one cell to the request: which kinds and names
// may come, how many, how large, in which order.
type stream struct {
	frames  map[string]int         // how many more of each name may come; below 0 is any number
	owed    []string               // frames that must have come before done
	takes   func(name string) bool // an item of that name; nil without items
	items   int                    // how many more
	size    int64                  // bytes of one item
	text    int                    // bytes of log that may still come
	parts   bool                   // may come
	partly  bool                   // one has come
	last    abi.MessageKind
	failure abi.Failure
}

// newStream checks the task's limits and descriptors, and reads off its request
// what may be answered.
func newStream(t *Task) (*stream, error) {
	l := &t.Limits
	if l.Memory <= 0 || l.Wall <= 0 || l.Output <= 0 || l.CPU < 0 || l.Memory > 1<<40 {
		return nil, fault.New(fault.Invalid, "a cell needs limits of memory, time and output: set all three")
	}
	if l.CPU == 0 {
		l.CPU = 2 * l.Wall
	}
	for _, fd := range descriptors(&t.Request) {
		if fd < abi.InputFD || fd >= abi.InputFD+len(t.Inputs) {
			return nil, fault.Errorf(fault.Internal, "the request names descriptor %d, the cell gets %d inputs", fd, len(t.Inputs))
		}
	}
	s := &stream{}
	switch r := &t.Request; r.Task {
	case abi.TaskIngest:
		s.frames = map[string]int{abi.StreamRows: -1, abi.StreamQuarantine: -1, abi.StreamSummary: 1}
		s.owed = []string{abi.StreamSummary}
	case abi.TaskInspect:
		s.frames = map[string]int{abi.StreamInspection: 1, abi.StreamSheets: 1, abi.StreamColumns: 1, abi.StreamNulls: 1}
		s.owed = slices.Collect(maps.Keys(s.frames))
	case abi.TaskCompile, abi.TaskPrepare:
		s.parts = true
	case abi.TaskQuery:
		s.frames = map[string]int{}
		for _, q := range r.Query.Statements {
			s.frames[q.Name]++
			s.owed = append(s.owed, q.Name)
		}
	case abi.TaskExplore:
		s.frames, s.owed = map[string]int{abi.StreamAnswer: 1}, []string{abi.StreamAnswer}
	case abi.TaskMap:
		s.frames, s.text = map[string]int{abi.StreamRecords: -1}, r.Map.MaxLog
	case abi.TaskGuest:
		s.takes, s.items, s.size, s.text = r.Guest.Takes, r.Guest.MaxItems, r.Guest.MaxItemBytes, r.Guest.MaxLog
	}
	return s, nil
}

// descriptors lists those that the request names.
func descriptors(r *abi.Request) []int {
	var fds []int
	views := func(list []abi.View) {
		for _, v := range list {
			fds = append(fds, v.FD)
		}
	}
	switch {
	case r.Ingest != nil, r.Inspect != nil, r.Compile != nil, r.Prepare != nil:
		fds = append(fds, abi.InputFD)
	case r.Query != nil:
		views(r.Query.Views)
	case r.Explore != nil:
		views(r.Explore.Views)
	case r.Map != nil:
		fds = append(fds, r.Map.ModuleFD, r.Map.CodeFD, r.Map.CountsFD)
		views(r.Map.Views)
	case r.Guest != nil:
		fds = append(fds, r.Guest.ModuleFD, r.Guest.CodeFD)
		views(r.Guest.Views)
		for _, t := range r.Guest.Tables {
			fds = append(fds, t.FD)
		}
	}
	return fds
}

// read takes messages from r, of limit bytes together, and hands all but the last
// to receive. It ends with r (how the cell ended decides then), with the first
// breach of a rule, or with receive's error.
func (s *stream) read(r io.Reader, limit int64, receive func(abi.Message) error) (*Failure, error) {
	in := &io.LimitedReader{R: r, N: limit + 1}
	for {
		// A length that is claimed costs nothing until its bytes come.
		m, err := abi.ReadMessage(in, abi.Limits{Bytes: math.MaxInt64})
		if in.N == 0 {
			return overLimit(Output, "output", limit), nil
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF && !s.over() {
			return nil, nil
		}
		if err == nil {
			err = s.accept(m)
		}
		if err != nil {
			return &Failure{Reason: Protocol, Detail: err.Error()}, nil
		}
		if s.over() || receive == nil {
			continue
		}
		if err := receive(m); err != nil {
			return nil, err
		}
	}
}

// over reports whether the last message has come.
func (s *stream) over() bool { return s.last == abi.MsgDone || s.last == abi.MsgFailure }

// accept takes the next message or says which rule it breaks.
func (s *stream) accept(m abi.Message) error {
	if s.over() {
		return errors.New("a message after the last")
	}
	s.last = m.Kind
	switch m.Kind {
	case abi.MsgFrame:
		left := s.frames[m.Name]
		if left == 0 {
			return fmt.Errorf("a frame that was not asked for: %q", m.Name)
		}
		s.frames[m.Name] = left - 1
	case abi.MsgItem:
		return s.acceptItem(m)
	case abi.MsgLog:
		if s.text -= len(m.Payload); s.text < 0 {
			return errors.New("more log than it may write")
		}
	case abi.MsgPart:
		if !s.parts {
			return errors.New("a part of nothing that was asked for")
		}
		s.partly = true
	case abi.MsgFailure:
		var err error
		s.failure, err = abi.ParseFailure(m.Payload)
		return err
	case abi.MsgDone:
		return s.acceptDone()
	}
	return nil
}

func (s *stream) acceptItem(m abi.Message) error {
	if s.takes == nil || !s.takes(m.Name) {
		return fmt.Errorf("an item for no declared output: %q", m.Name)
	}
	if s.items--; s.items < 0 {
		return errors.New("more items than it may emit")
	}
	if int64(len(m.Payload)) > s.size {
		return errors.New("an item that is larger than it may be")
	}
	return nil
}

// acceptDone makes sure that nothing is missing.
func (s *stream) acceptDone() error {
	for _, name := range s.owed {
		if s.frames[name] > 0 {
			return fmt.Errorf("done without the frame %q", name)
		}
	}
	if s.parts && !s.partly {
		return errors.New("done without a part")
	}
	return nil
}
