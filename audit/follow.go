package audit

import (
	"errors"
	"fmt"
	"io"

	"yingbi/internal/fault"
)

// pending holds the intents that have no outcome yet.
type pending map[uint64]struct{}

// apply notes the record; an outcome must answer an intent, and only once.
func (p pending) apply(index uint64, r Record) error {
	switch r.Phase {
	case Intent:
		p[index] = struct{}{}
	case Outcome:
		if _, open := p[*r.Ref]; !open {
			return fault.Errorf(fault.Conflict, "audit record %s: record %d is no intent that still waits for an outcome", r.Action, *r.Ref)
		}
		delete(p, *r.Ref)
	}
	return nil
}

// follower reads a log from its first record, rebuilds the tree and compares it
// with every checkpoint on the way.
type follower struct {
	tree    *tree
	pending pending
	known   []checkpoint
	visit   func(line, Record) error // optional
}

// extent is where the reading ended.
type extent struct {
	end  int64 // behind the last whole record
	torn bool  // and something follows, which is no whole write
}

// follow accepts a torn tail, which it reports, only behind every checkpoint.
func (f *follower) follow(r io.Reader) (extent, error) {
	in, err := newLines(r)
	if err != nil {
		return extent{}, f.wrong(0, err)
	}
	for {
		if err := f.compare(); err != nil {
			return extent{}, err
		}
		l, err := in.next()
		if err == io.EOF || errors.Is(err, errTorn) {
			return extent{in.end, err != io.EOF}, f.complete(in.end, err)
		}
		if err == nil {
			err = f.accept(l)
		}
		if err != nil {
			return extent{}, f.wrong(in.end, err)
		}
	}
}

func (f *follower) accept(l line) error {
	r, err := ParseRecord(l.record)
	if err != nil {
		return err
	}
	if err := f.pending.apply(f.tree.size(), r); err != nil {
		return err
	}
	if f.visit != nil {
		if err := f.visit(l, r); err != nil {
			return visitError{err}
		}
	}
	return f.tree.append(l.leaf)
}

// compare checks the tree against the checkpoints of its present size.
func (f *follower) compare() error {
	for _, c := range f.known {
		if c.size == f.tree.size() && c.root != f.tree.root() {
			return fault.Errorf(fault.Integrity, "the audit log was altered: its first %d records are not those that were signed", c.size)
		}
	}
	return nil
}

func (f *follower) complete(end int64, err error) error {
	for _, c := range f.known {
		if c.size <= f.tree.size() {
			continue
		}
		if err != io.EOF {
			return f.wrong(end, err)
		}
		return fault.Errorf(fault.Integrity, "the audit log was shortened: it has %d records, and %d were signed", f.tree.size(), c.size)
	}
	return nil
}

// visitError carries a visitor's own error out as it is.
type visitError struct{ error }

func (f *follower) wrong(end int64, err error) error {
	var own visitError
	if errors.As(err, &own) {
		return own.error
	}
	var disk readError
	if errors.As(err, &disk) {
		return fmt.Errorf("the audit log cannot be read: %v", disk.error)
	}
	return fault.Errorf(fault.Integrity, "the audit log is damaged at record %d (byte %d): %v: restore the folder from a backup, and keep this one as evidence", f.tree.size(), end, err)
}
