package store

import (
	"context"
	"encoding/json"

	"yingbi/catalog"
	"yingbi/internal/fault"
)

// AddVersion stores an imported version of a data set. A number that is taken
// is a fault.Conflict.
func (s *Store) AddVersion(ctx context.Context, v catalog.Version) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	n, err := s.exec(ctx, "INSERT INTO dataset_versions (dataset, number, body, created) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
		v.Dataset, v.Number, string(body), stamp(v.Created))
	if err != nil || n == 1 {
		return err
	}
	return fault.Errorf(fault.Conflict, "data set %s has a version %d already; import it again for the next number", v.Dataset, v.Number)
}

// Versions lists the versions of a data set, oldest first.
func (s *Store) Versions(ctx context.Context, dataset string) ([]catalog.Version, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT body FROM dataset_versions WHERE dataset = ? ORDER BY number", dataset)
	return many(rows, err, scanVersion)
}

// LatestVersion finds the newest version of a data set.
func (s *Store) LatestVersion(ctx context.Context, dataset string) (catalog.Version, error) {
	row := s.db.QueryRowContext(ctx, "SELECT body FROM dataset_versions WHERE dataset = ? ORDER BY number DESC LIMIT 1", dataset)
	return one(row, "version of data set", dataset, scanVersion)
}

func scanVersion(row scanner) (catalog.Version, error) {
	var v catalog.Version
	var body string
	if err := row.Scan(&body); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(body), &v)
}
