//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"yingbi/author"
	"yingbi/internal/coltype"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// scanLimits are those of package author's cells for files.
var scanLimits = sandbox.Limits{Memory: 1 << 30, Wall: time.Hour, Output: 64 << 30}

// benchScan compares looking for identifiers in every cell of a CSV file with parsing
// the file alone: the same cell gives the same frames of text, and nobody looks at them.
func benchScan(ctx context.Context, b *bench) ([]Row, error) {
	path, err := b.claims(ctx, b.Rows)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	checks, err := author.New(author.Config{Exe: b.exe})
	if err != nil {
		return nil, err
	}
	cells, err := sandbox.New(sandbox.Config{Exe: b.exe})
	if err != nil {
		return nil, err
	}
	costs, err := b.contest(ctx, "scan", timed("scan", func(ctx context.Context) error { return scanAll(ctx, checks, file, b.Rows) }),
		timed("parse", func(ctx context.Context) error { return parseAll(ctx, cells, file, b.Rows) }))
	if err != nil {
		return nil, err
	}
	row := Row{
		Name: "scan", Ours: "look for identifiers in every cell of a CSV file, in a cell", Reach: atMost(2),
		Baseline: fmt.Sprintf("parse it alone, in a cell, %d threads", threads()),
		Size:     fmt.Sprintf("%s, %s", counted(b.Rows, "rows"), bytesOf(info.Size())),
	}
	row.compare(costs[0], costs[1], false)
	return []Row{row}, nil
}

// scanAll makes sure of the rows, and that the one column of people was found.
func scanAll(ctx context.Context, checks *author.Checks, file *os.File, rows int64) error {
	got, err := checks.Scan(ctx, file, author.Search{Time: scanLimits.Wall})
	if err != nil {
		return err
	}
	if got.Report == nil || got.Report.Rows != rows {
		return fmt.Errorf("the scan did not see all rows: %s", got.Detail)
	}
	for _, c := range got.Report.Columns {
		if c.Name == "person" && c.Rule == "pseudonym" {
			return nil
		}
	}
	return errors.New("the scan did not find the people")
}

// parseAll takes the same columns as text, as the scan does.
func parseAll(ctx context.Context, cells *sandbox.Sandbox, file *os.File, rows int64) error {
	req := abi.IngestRequest{Format: abi.FormatCSV, Compression: "none", Encoding: "utf-8", Delimiter: ","}
	for _, name := range strings.Split("claim,person,district,hospital,icd_chapter,visit_date,cost", ",") {
		req.Columns = append(req.Columns, abi.IngestColumn{Name: name, Type: coltype.Type{Kind: coltype.Text}, Nulls: []string{""}})
	}
	ignore := func(*abi.Frame) error { return nil }
	sum, err := cells.Ingest(ctx, req, file, scanLimits, sandbox.IngestSink{Rows: ignore, Quarantine: ignore})
	if err == nil && sum.Kept != rows {
		err = fmt.Errorf("of %d claims %d were parsed", rows, sum.Kept)
	}
	return err
}
