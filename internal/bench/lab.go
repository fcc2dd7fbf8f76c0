//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"yingbi/catalog"
	"yingbi/examples/city"
	"yingbi/ingest"
	"yingbi/keeper"
	"yingbi/masking"
	"yingbi/sandbox"
	"yingbi/subject"
	"yingbi/vault"
	"yingbi/vault/vaulttest"
	"yingbi/view"
)

// granted are the columns that the example scenario grants of claims.
var granted = []string{"person", "district", "icd_chapter", "visit_date", "cost"}

// lab is a vault with the claims of examples/city in it, as the domain would hold
// them, and the cells to work on them.
type lab struct {
	dir        string
	vault      *vault.Vault
	cells      *sandbox.Sandbox
	peak       cellPeak
	home       *vault.Compartment // of the claims
	people     *subject.Registry
	dataset    *catalog.Dataset
	policy     *masking.Policy
	version    catalog.Version // the claims, once imported
	grant      []string        // columns of every view
	viewsTaken int
}

// newLab makes an empty one; read gives it its documents.
func (b *bench) newLab(ctx context.Context, read func(*lab) error) (l *lab, err error) {
	l = new(lab)
	if l.dir, err = b.folder("vault"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	if l.cells, err = sandbox.New(sandbox.Config{Exe: b.exe, Log: slog.New(&l.peak)}); err != nil {
		return l, err
	}
	keys, err := vaulttest.NewKeys()
	if err != nil {
		return l, err
	}
	l.vault, err = vault.Open(ctx, vault.Config{Dir: filepath.Join(l.dir, "vault"), Keys: keys, Public: keys.Public(), Ledger: vaulttest.NewLedger()})
	if err != nil {
		return l, err
	}
	if err := read(l); err != nil {
		return l, err
	}
	if l.home, err = l.vault.Create(ctx, intent(catalog.Compartment(l.dataset.ID))); err != nil {
		return l, err
	}
	registry, err := l.vault.Create(ctx, intent("registry/person"))
	if err != nil {
		return l, err
	}
	l.people, err = subject.Open(ctx, registry)
	return l, err
}

func intent(compartment string) keeper.Intent {
	return keeper.Intent{Actor: "bench", Compartment: compartment, Purpose: "bench"}
}

// readDocuments takes those of examples/city.
func (l *lab) readDocuments() error {
	l.grant = granted
	now := time.Now()
	description, err := city.File("datasets/claims.yaml", now)
	if err != nil {
		return err
	}
	if l.dataset, err = catalog.ParseDescription("claims", description); err != nil {
		return err
	}
	policy, err := city.File("policies/claims.yaml", now)
	if err != nil {
		return err
	}
	l.policy, err = masking.ParsePolicy("claims-statistics", policy)
	return err
}

// close wipes and removes everything. It is safe on a lab that was made half-way.
func (l *lab) close() error {
	var errs []error
	if l.vault != nil {
		errs = append(errs, l.vault.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(l.dir))...)
}

// imported takes a file in as the next version.
func (l *lab) imported(ctx context.Context, path string, rows int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	v, err := ingest.Import(ctx, ingest.Importer{Sandbox: l.cells}, ingest.Request{
		Dataset: l.dataset, Number: l.version.Number + 1, Files: []*os.File{f},
		Compartment: l.home, Registries: map[string]*subject.Registry{"person": l.people},
	})
	if err != nil {
		return err
	}
	if v.Rows != rows || v.Quarantined != 0 {
		return fmt.Errorf("of %d claims %d were kept and %d quarantined; all are good", rows, v.Rows, v.Quarantined)
	}
	l.version = v
	return nil
}

// freshView builds the masked view of a scenario that nobody had before.
func (l *lab) freshView(ctx context.Context) (*view.View, error) {
	l.viewsTaken++
	return view.Open(ctx, view.Request{
		Compartment: l.home, Dataset: l.dataset, Version: l.version, Policy: l.policy,
		Scenario: fmt.Sprintf("bench-%d", l.viewsTaken), Secret: []byte("the bench's scenarios have no data to hide"), Grant: l.grant,
	})
}

// drop removes the objects whose names begin so.
func (l *lab) drop(ctx context.Context, prefix string) error {
	batch := l.home.Begin()
	defer batch.Discard()
	for _, name := range l.home.Names() {
		if strings.HasPrefix(name, prefix) {
			batch.Delete(name)
		}
	}
	return batch.Commit(ctx)
}

// newFilledLab makes one with so many claims imported.
func (b *bench) newFilledLab(ctx context.Context, rows int64) (*lab, error) {
	path, err := b.claims(ctx, rows)
	if err != nil {
		return nil, err
	}
	return b.fillLab(ctx, (*lab).readDocuments, path, rows)
}

func (b *bench) fillLab(ctx context.Context, read func(*lab) error, path string, rows int64) (*lab, error) {
	l, err := b.newLab(ctx, read)
	if err != nil {
		return nil, err
	}
	b.say("importing %s", counted(rows, "claims"))
	if err := l.imported(ctx, path, rows); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// cellPeak is a handler of the sandbox's log that keeps the highest memory that a
// cell was seen with.
type cellPeak struct{ bytes atomic.Int64 }

func (*cellPeak) Enabled(context.Context, slog.Level) bool { return true }

func (p *cellPeak) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "memory" {
			p.bytes.Store(max(p.bytes.Load(), a.Value.Int64()))
		}
		return true
	})
	return nil
}

func (p *cellPeak) WithAttrs([]slog.Attr) slog.Handler { return p }
func (p *cellPeak) WithGroup(string) slog.Handler      { return p }
