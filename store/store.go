package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // and registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"yingbi/audit"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the metadata database. It is safe for concurrent use.
type Store struct {
	db *sql.DB

	mu     sync.Mutex // guards broken
	broken error      // a commit of which nobody knows whether it was made
}

// pragmas: write-ahead log, so that readers do not wait; immediate transactions,
// so that two writers queue instead of failing half-way; foreign keys.
const pragmas = "_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate"

// Open opens the database at path, makes it where there is none, and migrates
// it to this binary's schema. A newer schema is a fault.Conflict.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := own(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+pragmas)
	if err != nil {
		return nil, err
	}
	err = migrate(ctx, db)
	if err == nil {
		// Brings what an unclean end left in the write-ahead log into the database,
		// and makes it durable: a sync that failed before may have left it in memory.
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err != nil {
		return nil, errors.Join(unopened(ctx, db, path, err), db.Close())
	}
	return &Store{db: db}, nil
}

// unopened explains why the database does not open. SQLite does not say that it
// has no room for the files beside it, nor do migrations that a table they cannot
// read is damaged, so that is tried.
func unopened(ctx context.Context, db *sql.DB, path string, err error) error {
	if damage := check(ctx, db); fault.KindOf(damage) == fault.Integrity {
		return damage
	}
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CANTOPEN {
		name := filepath.Base(path) + "-probe"
		probe := durable.WriteFile(filepath.Dir(path), name, []byte{0})
		if durable.Full(errors.Join(probe, os.Remove(filepath.Join(filepath.Dir(path), name)))) {
			return probe
		}
	}
	return explain(err)
}

// own makes the file, if there is none, readable by its owner alone; SQLite gives
// the files beside it the same mode.
func own(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return durable.Explain(err)
	}
	return f.Close()
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; have > newest {
		return fault.Errorf(fault.Conflict, "the metadata database has schema %d; this yingbi knows %d: use the newer yingbi that wrote it", have, newest)
	}
	_, err = provider.Up(ctx)
	return err
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// change runs fn in one transaction. Where the commit fails, the disk may show it
// or not after the next start, so that from then on nothing is changed any more.
func (s *Store) change(ctx context.Context, fn func(*sql.Tx) error) error {
	if err := errors.Join(ctx.Err(), s.undecided(nil)); err != nil {
		return err
	}
	// A caller that gives up must not make the outcome of the commit unknown.
	tx, err := s.db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return explain(err)
	}
	if err := fn(tx); err != nil {
		return errors.Join(explain(err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return s.undecided(explain(err))
	}
	return nil
}

// undecided gives the commit of which nobody knows, after taking note of this one.
func (s *Store) undecided(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil && err != nil {
		s.broken = &audit.UndecidedError{Cause: err}
	}
	return s.broken
}

// exec makes a change of one statement, and gives the number of rows that it met.
func (s *Store) exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err == nil {
			n, err = result.RowsAffected()
		}
		return err
	})
	return n, err
}

// explain says in words what SQLite says in numbers of a disk that is full, fails,
// or lost something.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return durable.Explain(err)
	}
	switch code := e.Code(); {
	case code&0xff == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR_SHMSIZE:
		return durable.Explain(fmt.Errorf("%v: %w", err, syscall.ENOSPC))
	case code&0xff == sqlite3.SQLITE_IOERR:
		return fault.Errorf(fault.Internal, "the metadata database cannot be read or written (%v): mend the disk and start again", err)
	case code&0xff == sqlite3.SQLITE_CORRUPT || code&0xff == sqlite3.SQLITE_NOTADB:
		return fault.Errorf(fault.Integrity, "the metadata database is damaged (%v): restore the whole domain folder from one backup", err)
	}
	return err
}

// one turns a single row into a value; no row is a fault.NotFound.
func one[T any](row *sql.Row, what, id string, scan func(scanner) (T, error)) (T, error) {
	v, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return v, fault.Errorf(fault.NotFound, "there is no %s %q", what, id)
	}
	return v, explain(err)
}

// many turns all rows into values.
func many[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, explain(err)
		}
		out = append(out, v)
	}
	return out, explain(rows.Err())
}

type scanner interface{ Scan(...any) error }

// layout has a fixed width, so that text order is time order.
const layout = "2006-01-02T15:04:05.000000Z"

func stamp(t time.Time) string { return t.UTC().Format(layout) }

func parseStamp(s string) (time.Time, error) { return time.Parse(layout, s) }
