package store

import (
	"context"
	"database/sql"
	"time"
)

// UseView notes that a cached view of a data set was used.
func (s *Store) UseView(ctx context.Context, dataset, view string, at time.Time) error {
	_, err := s.exec(ctx, "INSERT INTO view_uses (dataset, view, used) VALUES (?,?,?) ON CONFLICT DO UPDATE SET used = excluded.used",
		dataset, view, stamp(at))
	return err
}

// ViewUses tells when each cached view of a data set was last used, by identity.
func (s *Store) ViewUses(ctx context.Context, dataset string) (map[string]time.Time, error) {
	type use struct {
		view string
		at   time.Time
	}
	rows, err := s.db.QueryContext(ctx, "SELECT view, used FROM view_uses WHERE dataset = ?", dataset)
	list, err := many(rows, err, func(row scanner) (u use, err error) {
		var at string
		if err = row.Scan(&u.view, &at); err == nil {
			u.at, err = parseStamp(at)
		}
		return u, err
	})
	uses := make(map[string]time.Time, len(list))
	for _, u := range list {
		uses[u.view] = u.at
	}
	return uses, err
}

// ForgetViews drops what is known of views that are gone.
func (s *Store) ForgetViews(ctx context.Context, dataset string, views []string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, v := range views {
			if _, err := tx.ExecContext(ctx, "DELETE FROM view_uses WHERE dataset = ? AND view = ?", dataset, v); err != nil {
				return err
			}
		}
		return nil
	})
}
