//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/keeper"
)

const (
	writers     = 128
	auditOrigin = "bench.test"
)

// benchAudit compares durable appends of many writers with a bare file that takes
// the same bytes in the same way: whoever comes while a write is under way shares
// the next one and its fsync.
func benchAudit(ctx context.Context, b *bench) (rows []Row, err error) {
	dir, err := b.folder("audit")
	if err != nil {
		return nil, err
	}
	log, done, err := b.openLog(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	record := auditRecord()
	ours := timed("append", func(ctx context.Context) error {
		return crowd(b.Records, func() error {
			_, err := log.Append(ctx, record)
			return err
		})
	})
	before, err := os.Stat(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	if _, err := ours.work(ctx); err != nil { // a first run tells how long a record is
		return nil, err
	}
	after, err := os.Stat(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	line := make([]byte, (after.Size()-before.Size())/(writers*b.Records))
	bare, err := newGroup(filepath.Join(dir, "bare"))
	if err != nil {
		return nil, err
	}
	costs, err := b.contest(ctx, "audit", ours, timed("bare file", func(context.Context) error {
		return crowd(b.Records, func() error { return bare.append(line) })
	}))
	if err = errors.Join(err, bare.close()); err != nil {
		return nil, err
	}
	row := Row{
		Name: "audit", Ours: fmt.Sprintf("append records, %d writers", writers), Reach: atLeast(0.8),
		Baseline: "the same bytes to a file, group-committed with fsync",
		Size:     fmt.Sprintf("%s of %d bytes", counted(writers*b.Records, "records"), len(line)),
	}
	row.compare(costs[0], costs[1], false)
	return []Row{row}, nil
}

// openLog makes a log with a keeper of its own.
func (b *bench) openLog(ctx context.Context, dir string) (*audit.Log, func() error, error) {
	cfg := keeper.Config{Exe: b.exe, Dir: filepath.Join(dir, "keeper"), Origin: auditOrigin, Unlock: keeper.Unlock{KeyFile: filepath.Join(dir, "root.key")}}
	made, err := keeper.Init(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	k, err := keeper.Start(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	verifier, err := crypto.NoteVerifier(auditOrigin, made.Public)
	if err != nil {
		return nil, nil, errors.Join(err, k.Close())
	}
	log, _, err := audit.Open(dir, audit.Config{Origin: auditOrigin, Signer: k, Verifier: verifier})
	if err != nil {
		return nil, nil, errors.Join(err, k.Close())
	}
	return log, func() error { return errors.Join(log.Close(context.WithoutCancel(ctx)), k.Close()) }, nil
}

// auditRecord is like the intent to unwrap a data key for a job.
func auditRecord() audit.Record {
	return audit.Record{
		Actor: "wang", Action: "key.unwrap", Phase: audit.Event, Target: "dataset/claims",
		Details: map[string]string{"purpose": "run", "job": "0198c0de-0000-7000-8000-000000000000"},
	}
}

// crowd lets every writer append n times, each waiting for its own.
func crowd(n int64, add func() error) error {
	var group errgroup.Group
	for range writers {
		group.Go(func() error {
			for range n {
				if err := add(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// group is a file with group commit and nothing else: no JSON, no hash, no tree.
type group struct {
	file *os.File
	at   int64
	done chan struct{}

	mu      sync.Mutex // guards the rest
	wake    *sync.Cond
	queue   []*waiting
	closing bool
}

type waiting struct {
	line []byte
	err  error
	done chan struct{}
}

func newGroup(path string) (*group, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	g := &group{file: f, done: make(chan struct{})}
	g.wake = sync.NewCond(&g.mu)
	go g.run()
	return g, nil
}

func (g *group) append(line []byte) error {
	w := &waiting{line: line, done: make(chan struct{})}
	g.mu.Lock()
	g.queue = append(g.queue, w)
	g.mu.Unlock()
	g.wake.Signal()
	<-w.done
	return w.err
}

func (g *group) run() {
	defer close(g.done)
	for {
		g.mu.Lock()
		for len(g.queue) == 0 && !g.closing {
			g.wake.Wait()
		}
		batch := g.queue
		g.queue = nil
		g.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		err := g.commit(batch)
		for _, w := range batch {
			w.err = err
			close(w.done)
		}
	}
}

func (g *group) commit(batch []*waiting) error {
	var b []byte
	for _, w := range batch {
		b = append(b, w.line...)
	}
	if _, err := g.file.WriteAt(b, g.at); err != nil {
		return err
	}
	g.at += int64(len(b))
	return g.file.Sync()
}

func (g *group) close() error {
	g.mu.Lock()
	g.closing = true
	g.mu.Unlock()
	g.wake.Signal()
	<-g.done
	return g.file.Close()
}
