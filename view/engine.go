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

// engineObject names the engine file of the columns, in any order.
func (v *View) engineObject(columns []string) string {
	sorted := slices.Sorted(slices.Values(columns))
	sum := crypto.Sum([]byte(fmt.Sprintf("yingbi/engine/1\n%q", sorted)))
	return fmt.Sprintf("view-%s.%s.engine", v.identity, hex.EncodeToString(sum[:8]))
}

// OpenEngine opens the engine file of the columns; fault.NotFound where none was
// made yet, or where it was evicted.
func (v *View) OpenEngine(ctx context.Context, columns []string) (*vault.Object, error) {
	return v.home.Open(ctx, v.engineObject(columns))
}

// HasEngine reports whether OpenEngine would find one.
func (v *View) HasEngine(columns []string) bool {
	_, err := v.home.Stat(v.engineObject(columns))
	return err == nil
}

// SealEngine seals what make writes as the engine file of the columns. One that
// exists stays as it is.
func (v *View) SealEngine(ctx context.Context, columns []string, make func(io.Writer) error) error {
	batch := v.home.Begin()
	defer batch.Discard()
	w, err := batch.CreateCache(ctx, v.engineObject(columns))
	if err == nil {
		err = make(w)
	}
	if err == nil {
		err = batch.Commit(ctx)
	}
	if fault.KindOf(err) == fault.Conflict {
		if v.HasEngine(columns) {
			return nil // somebody else made it meanwhile
		}
	}
	return err
}
