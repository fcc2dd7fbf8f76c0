//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"yingbi/domain"
)

// plainColumns are the claims' columns as DuckDB is told of them, so that it has no
// types to guess.
const plainColumns = `{'claim': 'VARCHAR', 'person': 'VARCHAR', 'district': 'VARCHAR', 'hospital': 'VARCHAR',
	'icd_chapter': 'VARCHAR', 'visit_date': 'DATE', 'cost': 'DECIMAL(12,2)'}`

// benchImport compares the import of a CSV file into an empty domain with DuckDB,
// which reads the same file into plain Parquet.
func benchImport(ctx context.Context, b *bench) ([]Row, error) {
	path, err := b.claims(ctx, b.Rows)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	plain := filepath.Join(b.dir, "imported.parquet")
	copying := fmt.Sprintf("COPY (SELECT * FROM read_csv(%s, header=true, auto_detect=false, delim=',', quote='\"', columns=%s)) TO %s (FORMAT parquet)",
		text(path), plainColumns, text(plain))
	costs, err := b.contest(ctx, "import", side{"import", func(ctx context.Context) (cost, error) { return b.importAnew(ctx, path) }},
		timed("DuckDB", func(ctx context.Context) error { return inDuck(ctx, threads(), copying) }))
	if err != nil {
		return nil, err
	}
	row := Row{
		Name: "import", Ours: "a provider imports CSV: cell, registry, sealed parts", Reach: atMost(2.5),
		Baseline: fmt.Sprintf("DuckDB, CSV into plain Parquet, %d threads", threads()),
		Size:     fmt.Sprintf("%s, %s", counted(b.Rows, "rows"), bytesOf(info.Size())),
	}
	row.compare(costs[0], costs[1], false)
	return []Row{row}, os.Remove(plain)
}

// importAnew has a provider import the file into a domain of its own.
func (b *bench) importAnew(ctx context.Context, path string) (c cost, err error) {
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer f.Close()
	o, err := b.newOffice(ctx)
	if err != nil {
		return c, err
	}
	c, err = measure(func() error {
		v, err := o.provider.ImportDataset(ctx, "claims", domain.Upload{Files: []*os.File{f}})
		if err == nil && v.Rows != b.Rows {
			err = fmt.Errorf("of %d claims %d were kept; all are good", b.Rows, v.Rows)
		}
		return err
	})
	return c, errors.Join(err, o.close(ctx))
}
