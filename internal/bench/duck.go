//go:build linux && cgo

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// duck is DuckDB as anybody would use it: in this process, without locks, on plain
// files.
type duck struct{ *sql.DB }

func openDuck(ctx context.Context, threads int) (duck, error) {
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return duck{}, err
	}
	d := duck{sql.OpenDB(connector)}
	if err := d.exec(ctx, fmt.Sprintf("SET GLOBAL threads=%d", threads)); err != nil {
		return duck{}, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d duck) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := d.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("DuckDB: %w", err)
		}
	}
	return nil
}

// inDuck runs statements in a fresh engine.
func inDuck(ctx context.Context, threads int, statements ...string) error {
	d, err := openDuck(ctx, threads)
	if err != nil {
		return err
	}
	return errors.Join(d.exec(ctx, statements...), d.Close())
}

// drain runs a query to its last row and gives the number of rows.
func (d duck) drain(ctx context.Context, query string, args ...any) (rows int, err error) {
	r, err := d.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("DuckDB: %w", err)
	}
	defer r.Close()
	for r.Next() {
		rows++
	}
	return rows, r.Err()
}

func duckVersion(ctx context.Context) (version string, err error) {
	d, err := openDuck(ctx, 1)
	if err != nil {
		return "", err
	}
	err = d.QueryRowContext(ctx, "SELECT version()").Scan(&version)
	return version, errors.Join(err, d.Close())
}

// text quotes a string of SQL.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
