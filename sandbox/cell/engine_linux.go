//go:build cgo

package cell

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"yingbi/sandbox/abi"
)

// engine is DuckDB in memory over masked views. Its life has four phases:
//
//	load, attach the views are loaded; the engine may still read files
//	lock         the engine forgets files, secrets, extensions and settings
//	             (the process is locked here, by Main)
//	query        statements that the domain wrote
//	explore      statements that a guest wrote, behind the gate
//
// Settings do not bound what a statement takes of memory and time: under a limit
// of 512 MB, lpad('a', 2000000000, 'b') took 4 GB and a minute, interrupts or
// not. The limits of the process and its parent do.
type engine struct {
	db     *sql.DB
	tables map[string]bool // loaded views, by asciiLower of their names
}

// openEngine opens an engine with one table for each view, of its columns as
// they are.
func openEngine(views []abi.View, threads int, memory int64) (*engine, error) {
	e, err := newEngine(threads, memory)
	if err != nil {
		return nil, err
	}
	for i, v := range views {
		if err := e.load(v, quotedList(v.Columns)); err != nil {
			return nil, engineFailure(err, i+1)
		}
	}
	return e, nil
}

// newEngine opens an engine without a table.
func newEngine(threads int, memory int64) (*engine, error) {
	connector, err := duckdb.NewConnector(":memory:?autoinstall_known_extensions=false&autoload_known_extensions=false"+
		"&allow_community_extensions=false&allow_unsigned_extensions=false", nil)
	if err != nil {
		return nil, engineFailure(err, 0)
	}
	e := &engine{db: sql.OpenDB(connector), tables: make(map[string]bool)}
	e.db.SetMaxIdleConns(-1) // no statement meets what another left in its connection
	return e, e.set(budget(threads, memory)...)
}

// budget bounds what the engine takes, which never spills to a file.
func budget(threads int, memory int64) []string {
	return []string{
		"temp_directory=''", "max_temp_directory_size='0B'",
		fmt.Sprintf("memory_limit='%d bytes'", memory), fmt.Sprintf("threads=%d", threads),
	}
}

// load makes a table of a view's columns, which list selects, under its name.
func (e *engine) load(v abi.View, list string) error {
	if len(v.Columns) == 0 {
		return abi.Failure{Code: abi.FailRequest}
	}
	e.tables[asciiLower(v.Name)] = true
	return e.exec("CREATE TABLE " + quoted(v.Name) + " AS SELECT " + list + " FROM " + parquetOn(v.FD))
}

// parquetOn is a view on a descriptor, as the engine reads it.
func parquetOn(fd int) string { return fmt.Sprintf("read_parquet('/proc/self/fd/%d')", fd) }

// lock takes from the engine everything but computing over its tables. The
// order matters: what names a folder goes before access to files goes, and the
// settings are locked last.
func (e *engine) lock(threads int, memory int64) error {
	return e.set(append(budget(threads, memory),
		"allow_persistent_secrets=false",
		"secret_directory=''",
		"extension_directory=''",
		"home_directory=''",
		"enable_logging=false",
		"enable_external_file_cache=false",
		"GLOBAL TimeZone='UTC'",
		"GLOBAL Calendar='gregorian'",
		"GLOBAL max_expression_depth=250",
		"enable_external_access=false",
		"disabled_filesystems='LocalFileSystem'",
		"lock_configuration=true",
	)...)
}

func (e *engine) set(settings ...string) error {
	for _, s := range settings {
		if err := e.exec("SET " + s); err != nil {
			return engineFailure(err, 0)
		}
	}
	return nil
}

func (e *engine) exec(statement string) error {
	_, err := e.db.ExecContext(context.Background(), statement)
	return err
}

func (e *engine) close() error { return e.db.Close() }

// engineFailure turns what the engine says into a code. Its texts quote rows.
func engineFailure(err error, at int) error {
	var f abi.Failure
	if errors.As(err, &f) {
		f.At = at
		return f
	}
	code := abi.FailEngine
	var e *duckdb.Error
	if errors.As(err, &e) {
		switch e.Type {
		case duckdb.ErrorTypeOutOfMemory:
			code = abi.FailMemory
		case duckdb.ErrorTypeOutOfRange, duckdb.ErrorTypeConversion:
			code = abi.FailOverflow
		}
	}
	return abi.Failure{Code: code, At: at}
}

// quoted makes an identifier of a name.
func quoted(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// quotedList makes a list of identifiers.
func quotedList(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = quoted(name)
	}
	return strings.Join(list, ", ")
}

// asciiLower folds names as the engine does: A to Z alone.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
