package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Document is a text that is in force in the domain: the description of a data
// set, a policy, an agreement or a scenario, in one of its versions.
type Document struct {
	Kind, ID string
	Version  int // from 1
	Body     []byte
	Created  time.Time
	By       string
}

const documentColumns = "kind, id, version, body, created, created_by"

// PutDocument stores a new version of a document and gives its number. The
// Version of d is not read.
func (s *Store) PutDocument(ctx context.Context, d Document) (int, error) {
	var version int
	err := s.change(ctx, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) + 1 FROM documents WHERE kind = ? AND id = ?", d.Kind, d.ID)
		if err := row.Scan(&version); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO documents ("+documentColumns+") VALUES (?,?,?,?,?,?)",
			d.Kind, d.ID, version, d.Body, stamp(d.Created), d.By)
		return err
	})
	return version, err
}

// Document finds the newest version of a document.
func (s *Store) Document(ctx context.Context, kind, id string) (Document, error) {
	row := s.db.QueryRowContext(ctx, "SELECT "+documentColumns+" FROM documents WHERE kind = ? AND id = ? ORDER BY version DESC LIMIT 1", kind, id)
	return one(row, kind, id, scanDocument)
}

// DocumentVersion finds one version of a document.
func (s *Store) DocumentVersion(ctx context.Context, kind, id string, version int) (Document, error) {
	row := s.db.QueryRowContext(ctx, "SELECT "+documentColumns+" FROM documents WHERE kind = ? AND id = ? AND version = ?", kind, id, version)
	return one(row, fmt.Sprintf("version %d of %s", version, kind), id, scanDocument)
}

// EveryDocument lists every version of every document.
func (s *Store) EveryDocument(ctx context.Context) ([]Document, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+documentColumns+" FROM documents ORDER BY kind, id, version")
	return many(rows, err, scanDocument)
}

// Documents lists the newest version of each document of a kind, by id.
func (s *Store) Documents(ctx context.Context, kind string) ([]Document, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+documentColumns+` FROM documents AS d WHERE kind = ?
		AND version = (SELECT max(version) FROM documents AS n WHERE n.kind = d.kind AND n.id = d.id) ORDER BY id`, kind)
	return many(rows, err, scanDocument)
}

func scanDocument(row scanner) (Document, error) {
	var d Document
	var created string
	if err := row.Scan(&d.Kind, &d.ID, &d.Version, &d.Body, &created, &d.By); err != nil {
		return d, err
	}
	var err error
	d.Created, err = parseStamp(created)
	return d, err
}
