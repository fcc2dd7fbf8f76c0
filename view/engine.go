package view

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/vault"
)

// An engine file is what a cell made of some columns of the view, ready for its
// query engine: reading it is faster than reading Parquet. The domain keeps it
// sealed, hands it to query cells, and never looks inside.

// Engine says which engine files are meant: those that an engine of the format
// reads, of some columns in any order.
type Engine struct {
	Format  string
	Columns []string
}

func (v *View) engineObject(e Engine) string {
	sorted := slices.Sorted(slices.Values(e.Columns))
	sum := crypto.Sum([]byte(fmt.Sprintf("yingbi/engine/1\n%s\n%q", e.Format, sorted)))
	return fmt.Sprintf("view-%s.%s.engine", v.identity, hex.EncodeToString(sum[:8]))
}

// OpenEngine opens an engine file; fault.NotFound where none was made yet, or where
// it was evicted.
func (v *View) OpenEngine(ctx context.Context, e Engine) (*vault.Object, error) {
	return v.home.Open(ctx, v.engineObject(e))
}

// HasEngine reports whether OpenEngine would find one.
func (v *View) HasEngine(e Engine) bool {
	_, err := v.home.Stat(v.engineObject(e))
	return err == nil
}

// SealEngine seals what make writes as an engine file. One that exists stays as it
// is.
func (v *View) SealEngine(ctx context.Context, e Engine, make func(io.Writer) error) error {
	batch := v.home.Begin()
	defer batch.Discard()
	w, err := batch.CreateCache(ctx, v.engineObject(e))
	if err == nil {
		err = make(w)
	}
	if err == nil {
		err = batch.Commit(ctx)
	}
	if fault.KindOf(err) == fault.Conflict {
		if v.HasEngine(e) {
			return nil // somebody else made it meanwhile
		}
	}
	return err
}
