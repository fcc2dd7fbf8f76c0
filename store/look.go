package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// Snapshot opens a copy of the database at path, which no other process may have
// open, so that not even its unclean end is put right by looking at it. The copy
// lies among the temporary files of this user, and goes with remove.
func Snapshot(ctx context.Context, path string) (s *Store, remove func() error, err error) {
	dir, err := os.MkdirTemp("", "yingbi-look-")
	if err != nil {
		return nil, nil, durable.Explain(err)
	}
	gone := func() error { return os.RemoveAll(dir) }
	copied := filepath.Join(dir, filepath.Base(path))
	err = copyFile(copied, path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fault.New(fault.Integrity, "the metadata database is gone: restore the whole domain folder from one backup")
	}
	if err == nil { // a clean end leaves no write-ahead log
		if walErr := copyFile(copied+"-wal", path+"-wal"); !errors.Is(walErr, fs.ErrNotExist) {
			err = walErr
		}
	}
	if err == nil {
		s, err = Open(ctx, copied)
	}
	if err != nil {
		return nil, nil, errors.Join(err, gone())
	}
	return s, func() error { return errors.Join(s.Close(), gone()) }, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return durable.Explain(err)
	}
	_, err = io.Copy(out, in)
	return durable.Explain(errors.Join(err, out.Close()))
}

// Check has SQLite verify every page, index and reference.
func (s *Store) Check(ctx context.Context) error { return check(ctx, s.db) }

func check(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "PRAGMA integrity_check(3)")
	found, err := many(rows, err, func(row scanner) (line string, err error) {
		err = row.Scan(&line)
		return line, err
	})
	if err == nil && (len(found) != 1 || found[0] != "ok") {
		what, _, _ := strings.Cut(strings.TrimPrefix(strings.Join(found, "\n"), "*** in database main ***\n"), "\n")
		err = fault.Errorf(fault.Integrity, "the metadata database is damaged (%s): restore the whole domain folder from one backup", what)
	}
	if err != nil {
		return err
	}
	rows, err = db.QueryContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check")
	broken, err := many(rows, err, func(row scanner) (n int, err error) {
		err = row.Scan(&n)
		return n, err
	})
	if err == nil && broken[0] > 0 {
		err = fault.Errorf(fault.Integrity, "the metadata database has %d rows that belong to nothing: restore the whole domain folder from one backup", broken[0])
	}
	return err
}
