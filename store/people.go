package store

import (
	"context"
	"encoding/json"
	"time"

	"yingbi/access"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

const personColumns = "id, org, roles, public_key, frozen, confirmed"

// AddPerson registers a person. An id or key that is taken is a fault.Conflict.
func (s *Store) AddPerson(ctx context.Context, p access.Person, by string, at time.Time) error {
	if err := access.CheckRegistration(p); err != nil {
		return err
	}
	roles, err := json.Marshal(p.Roles)
	if err != nil {
		return err
	}
	n, err := s.exec(ctx,
		"INSERT INTO people ("+personColumns+", created, created_by) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
		p.ID, p.Org, string(roles), p.Key.String(), p.Frozen, p.Confirmed, stamp(at), by)
	if err != nil || n == 1 {
		return err
	}
	return fault.Errorf(fault.Conflict, "person %q, or the same key, is registered already", p.ID)
}

// ConfirmPerson marks a person as confirmed. Somebody unknown, or confirmed
// already, is a fault.Conflict.
func (s *Store) ConfirmPerson(ctx context.Context, id string) error {
	n, err := s.exec(ctx, "UPDATE people SET confirmed = 1 WHERE id = ? AND confirmed = 0", id)
	if err != nil || n == 1 {
		return err
	}
	return fault.Errorf(fault.Conflict, "there is no person %q who waits to be confirmed", id)
}

// Person finds a person by id.
func (s *Store) Person(ctx context.Context, id string) (access.Person, error) {
	return one(s.db.QueryRowContext(ctx, "SELECT "+personColumns+" FROM people WHERE id = ?", id), "person", id, scanPerson)
}

// People lists everybody by id.
func (s *Store) People(ctx context.Context) ([]access.Person, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+personColumns+" FROM people ORDER BY id")
	return many(rows, err, scanPerson)
}

func scanPerson(row scanner) (access.Person, error) {
	var p access.Person
	var roles, key string
	if err := row.Scan(&p.ID, &p.Org, &roles, &key, &p.Frozen, &p.Confirmed); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(roles), &p.Roles); err != nil {
		return p, err
	}
	var err error
	p.Key, err = crypto.ParsePublicKey(key)
	return p, err
}
