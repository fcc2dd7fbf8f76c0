//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"yingbi/catalog"
	"yingbi/table"
	"yingbi/vault"
)

// benchMask compares building a masked view with reading, rewriting and sealing the
// same columns of the same parts as they are: claims as the example policy masks them,
// and a wider table with two pseudonyms.
func benchMask(ctx context.Context, b *bench) (rows []Row, err error) {
	claims, err := b.newFilledLab(ctx, b.Masked)
	if err != nil {
		return nil, err
	}
	row := Row{Name: "mask", Ours: "mask claims into a sealed view: pseudonyms, months, capped costs, keyed order", Reach: atMost(1.8)}
	if err := b.mask(ctx, claims, &row, b.Masked); err != nil {
		return nil, err
	}
	wide, err := b.newWideLab(ctx, b.Rows)
	if err != nil {
		return nil, err
	}
	second := Row{Name: "mask-wide", Ours: "mask a wider table: two pseudonyms, months, capped costs, keyed order", Reach: atMost(1.6)}
	err = b.mask(ctx, wide, &second, b.Rows)
	return []Row{row, second}, err
}

// mask fills the row, and closes the lab.
func (b *bench) mask(ctx context.Context, l *lab, row *Row, rows int64) (err error) {
	defer func() { err = errors.Join(err, l.close()) }()
	ours := side{"mask", func(ctx context.Context) (cost, error) {
		c, err := measure(func() error {
			_, err := l.freshView(ctx)
			return err
		})
		return c, errors.Join(err, l.drop(ctx, "view-"))
	}}
	costs, err := b.contest(ctx, row.Name, ours, side{"rewrite", func(ctx context.Context) (cost, error) {
		c, err := measure(func() error { return l.rewrite(ctx) })
		return c, errors.Join(err, l.drop(ctx, "rewritten-"))
	}})
	if err != nil {
		return err
	}
	row.Baseline = fmt.Sprintf("read, rewrite and seal the same columns, %d threads", threads())
	row.Size = counted(rows, "rows") + fmt.Sprintf(", %d columns and an ordinal", len(l.grant))
	row.compare(costs[0], costs[1], false)
	return nil
}

// rewrite copies the granted columns and the ordinals of every part, on all threads.
func (l *lab) rewrite(ctx context.Context) error {
	columns := append(append([]string{}, l.grant...), catalog.SubjectColumn("person"))
	batch := l.home.Begin()
	defer batch.Discard()
	writers := make([]*vault.ObjectWriter, len(l.version.Parts))
	for i, part := range l.version.Parts {
		var err error
		if writers[i], err = batch.Create(ctx, "rewritten-"+part.Object()); err != nil {
			return err
		}
	}
	var group errgroup.Group
	group.SetLimit(threads())
	for i, part := range l.version.Parts {
		group.Go(func() error {
			in, err := l.home.Open(ctx, part.Object())
			if err != nil {
				return err
			}
			return errors.Join(rewrite(writers[i], in, columns), in.Close())
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return batch.Commit(ctx)
}

func rewrite(out *vault.ObjectWriter, in *vault.Object, columns []string) error {
	r, err := table.NewReader(table.Source{ReaderAt: in, Size: in.Size()}, columns)
	if err != nil {
		return err
	}
	w, err := table.NewWriter(out, r.Schema())
	if err != nil {
		return err
	}
	for {
		batch, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := w.Write(batch); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), out.Close())
}
