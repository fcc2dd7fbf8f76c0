package audit

import (
	"context"
	"crypto/rand"
	"io"
	"iter"
	"sync"

	"yingbi/crypto"
	"yingbi/internal/clock"
	"yingbi/internal/durable"
	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// Config says whose log it is. Signer and Verifier are required.
type Config struct {
	Origin   string           // the log's name; empty: the verifier's, which it must equal otherwise
	Signer   CheckpointSigner // signs tree heads and remembers the last
	Verifier note.Verifier    // for what Signer signs
	Clock    clock.Clock      // stamps records without a time; nil: the host's
	Random   io.Reader        // gives the nonces; nil: crypto/rand
	// Replay, if set, is called for each record in order while Open reads the
	// log. Its error ends Open.
	Replay func(index uint64, r Record) error
}

func (c *Config) complete() error {
	if c.Signer == nil || c.Verifier == nil {
		return fault.New(fault.Internal, "audit.Open needs a signer and a verifier")
	}
	if c.Origin != "" && c.Origin != c.Verifier.Name() {
		return fault.Errorf(fault.Invalid, "the audit log is named %q and its key %q: they must agree", c.Origin, c.Verifier.Name())
	}
	if c.Clock == nil {
		c.Clock = clock.System
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	return nil
}

// Log is an open log. All methods may be called at once from many goroutines.
type Log struct {
	cfg  Config
	dir  string
	file file
	done chan struct{} // closed when the last record is in the tree

	random sync.Mutex // guards cfg.Random
	queue  queue      // of entries that wait for the sequencer

	// Of the sequencer alone, ahead of the tree.
	next    uint64  // index of the next record
	end     int64   // of the file
	pending pending // intents without an outcome

	mu      sync.Mutex // guards what follows
	failed  error      // once set, nothing is appended any more
	tree    *tree      // durable records only
	offsets []int64    // of each record's line in the tree, and of their end

	signing sync.Mutex // held while a checkpoint is made; guards newest
	newest  checkpoint
}

// entry is one Append that waits.
type entry struct {
	record Record
	line   []byte // as it follows another in a write
	leaf   crypto.Digest
	index  uint64
	err    error
	done   chan struct{} // closed when index or err is set
}

// Append adds the record and returns its index when it is durable. Calls that
// come together share one write. The context is looked at only before the record
// is queued: afterwards its fate is the disk's, and Append waits for it.
func (l *Log) Append(ctx context.Context, r Record) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	e, err := l.prepare(r)
	if err != nil {
		return 0, err
	}
	if !l.queue.add(e) {
		return 0, errClosed
	}
	<-e.done
	return e.index, e.err
}

func (l *Log) prepare(r Record) (*entry, error) {
	e := &entry{record: r, done: make(chan struct{})}
	if r.Time.IsZero() {
		e.record.Time = l.cfg.Clock()
	}
	l.random.Lock()
	_, err := io.ReadFull(l.cfg.Random, e.record.Nonce[:])
	l.random.Unlock()
	if err != nil {
		return nil, fault.Errorf(fault.Internal, "no random bytes for the audit log: %v", err)
	}
	b, err := e.record.encode()
	if err != nil {
		return nil, err
	}
	e.leaf = leafHash(b)
	e.line = appendLine(nil, markMore, e.leaf, b)
	return e, nil
}

var errClosed = fault.New(fault.Internal, "the audit log is closed: nothing can be done without a record")

// Size is the number of durable records.
func (l *Log) Size() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tree.size()
}

// Err tells why the log refuses appends, or nil while it does not.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// fail makes the log refuse everything from now on, and gives the first reason.
func (l *Log) fail(doing string, cause error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		cause = durable.Explain(cause)
		l.failed = fault.Errorf(fault.KindOf(cause), "the audit log failed while %s: %w: nothing more is done without a record; mend the disk and start again", doing, cause)
	}
	return l.failed
}

// Read gives the records with from ≤ index < to, as far as they exist. If one
// cannot be read back as it was written, the reading ends, the log refuses
// every further append, and Err tells why.
func (l *Log) Read(from, to uint64) iter.Seq2[uint64, Record] {
	return func(yield func(uint64, Record) bool) {
		for i := from; i < min(to, l.Size()); i++ {
			b, err := l.record(i)
			var r Record
			if err == nil {
				r, err = ParseRecord(b)
			}
			if err != nil {
				l.fail("reading", err)
				return
			}
			if !yield(i, r) {
				return
			}
		}
	}
}

// record reads the canonical bytes back and compares them with the tree.
func (l *Log) record(index uint64) ([]byte, error) {
	l.mu.Lock()
	begin, end := l.offsets[index], l.offsets[index+1]
	leaf := l.tree.leaf(index)
	l.mu.Unlock()
	raw := make([]byte, end-begin)
	if _, err := l.file.ReadAt(raw, begin); err != nil {
		return nil, err
	}
	got, ok := parseLine(raw)
	if !ok || got.leaf != leaf {
		return nil, fault.Errorf(fault.Integrity, "record %d of the audit log was altered on the disk", index)
	}
	return got.record, nil
}

// Close ends appending, signs a last checkpoint over everything and closes the
// file. A second Close does nothing.
func (l *Log) Close(ctx context.Context) error {
	again := !l.queue.close()
	<-l.done
	if again {
		return nil
	}
	err := l.Err()
	if err == nil {
		_, err = l.Checkpoint(ctx)
	}
	if closeErr := l.file.Close(); err == nil {
		err = closeErr
	}
	return err
}
