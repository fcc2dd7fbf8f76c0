package audit

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// Recovery says what Open found.
type Recovery struct {
	Records   uint64   // in the log
	Uncovered uint64   // of these, not covered by the checkpoint until Open signed one
	TornBytes int64    // bytes of a write that was cut short, removed; their Append never returned
	Pending   []uint64 // intents without an outcome, ascending
}

// Open reads the whole log in dir, which it makes when there is none, checks it
// against its checkpoint, removes a torn tail and has a checkpoint signed over
// what remains. A log that is shorter than its checkpoint, or than what the
// signer remembers, or differs from either, is refused. The caller sees to it
// that no other process has the folder open, and records TornBytes.
func Open(dir string, cfg Config) (*Log, Recovery, error) {
	if err := cfg.complete(); err != nil {
		return nil, Recovery{}, err
	}
	f, newest, err := openFiles(dir, cfg)
	if err != nil {
		return nil, Recovery{}, err
	}
	l := &Log{
		cfg: cfg, dir: dir, file: f, done: make(chan struct{}),
		tree: newTree(true), pending: pending{}, newest: newest,
	}
	l.queue.grown.L = &l.queue.mu
	recovery, err := l.recover(f)
	if err == nil { // even if nothing is new: the signer may remember a longer log
		_, err = l.sign(context.Background())
	}
	if err != nil {
		f.Close()
		return nil, Recovery{}, err
	}
	go l.sequence()
	return l, recovery, nil
}

// openFiles opens the log and its checkpoint. Without a checkpoint the log must
// be new: a new log has its first checkpoint, of no records, before any record.
func openFiles(dir string, cfg Config) (*os.File, checkpoint, error) {
	newest, signedErr := readCheckpoint(dir, cfg.Verifier)
	if signedErr != nil && !errors.Is(signedErr, fs.ErrNotExist) {
		return nil, checkpoint{}, signedErr
	}
	path := filepath.Join(dir, logName)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) && signedErr != nil {
		if err = create(dir); err == nil {
			f, err = os.OpenFile(path, os.O_RDWR, 0)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, checkpoint{}, fault.New(fault.Integrity, "the audit log is gone, and its checkpoint is there: restore the folder from a backup")
	}
	if err != nil {
		return nil, checkpoint{}, err
	}
	if signedErr == nil {
		return f, newest, nil
	}
	if info, err := f.Stat(); err != nil || info.Size() > int64(len(header)) {
		f.Close()
		return nil, checkpoint{}, fault.New(fault.Integrity, "the audit log has no checkpoint: restore the folder from a backup")
	}
	return f, checkpoint{root: emptyRoot()}, nil
}

func create(dir string) error {
	if err := durable.MakeFolder(dir); err != nil {
		return err
	}
	return durable.WriteFile(dir, logName, []byte(header))
}

// recover replays the log and makes sure that what it found is durable.
func (l *Log) recover(f *os.File) (Recovery, error) {
	l.offsets = []int64{int64(len(header))}
	w := follower{tree: l.tree, pending: l.pending, known: []checkpoint{l.newest}, visit: func(at line, r Record) error {
		l.offsets = append(l.offsets, l.offsets[l.tree.size()]+at.length())
		if l.cfg.Replay != nil {
			return l.cfg.Replay(l.tree.size(), r)
		}
		return nil
	}}
	found, err := w.follow(f)
	if err != nil {
		return Recovery{}, err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		err = l.mend(found.end)
	}
	if err != nil {
		return Recovery{}, err
	}
	n := l.tree.size()
	l.next, l.end = n, found.end
	return Recovery{
		Records: n, Uncovered: n - l.newest.size, TornBytes: size - found.end,
		Pending: slices.Sorted(maps.Keys(l.pending)),
	}, nil
}

// mend cuts what follows end and writes the records after the checkpoint again.
// The latter is for a disk whose sync failed before: the kernel may hold pages
// as clean that never reached it.
func (l *Log) mend(end int64) error {
	begin := l.offsets[l.newest.size]
	tail := make([]byte, end-begin)
	_, err := l.file.ReadAt(tail, begin)
	if err == nil {
		err = l.file.Truncate(end)
	}
	if err == nil {
		_, err = l.file.WriteAt(tail, begin)
	}
	if err == nil {
		err = l.file.Sync()
	}
	return durable.Explain(err)
}
