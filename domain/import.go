package domain

import (
	"context"
	"io"
	"os"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/ingest"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/subject"
	"yingbi/vault"
)

// writeBytes is the write function of a small object.
func writeBytes(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// compartment unlocks a compartment for the session's person, and makes it where
// there is none.
func (s *Session) compartment(ctx context.Context, name, purpose string) (*vault.Compartment, error) {
	intent := keeper.Intent{Actor: s.Actor.ID, Compartment: name, Purpose: purpose}
	if s.vault.Exists(name) {
		return s.vault.Unlock(ctx, intent)
	}
	return s.vault.Create(ctx, intent)
}

// ImportDataset reads an upload through a cell into a new version of a data set.
// progress is called with the number of rows read so far.
func (s *Session) ImportDataset(ctx context.Context, id string, file *os.File, progress func(rows int64)) (v catalog.Version, err error) {
	if err := s.authorise(ctx, access.ImportDataset, catalog.Compartment(id)); err != nil {
		return v, err
	}
	d, err := s.dataset(ctx, id)
	if err != nil {
		return v, err
	}
	if d.Provider != s.Actor.Org {
		return v, s.deny(ctx, access.ImportDataset, catalog.Compartment(id), "own_data",
			fault.Errorf(fault.Denied, "data set %s is provided by %s; %s belongs to %s", id, d.Provider, s.Actor.ID, s.Actor.Org))
	}
	err = s.act(ctx, access.ImportDataset, catalog.Compartment(id), nil, func() error {
		v, err = s.importVersion(ctx, d, file, progress)
		return err
	})
	return v, err
}

func (s *Session) importVersion(ctx context.Context, d *catalog.Dataset, file *os.File, progress func(int64)) (v catalog.Version, err error) {
	versions, err := s.store.Versions(ctx, d.ID)
	if err != nil {
		return v, err
	}
	c, err := s.compartment(ctx, catalog.Compartment(d.ID), "import")
	if err != nil {
		return v, err
	}
	defer c.Close()
	next := catalog.Version{Dataset: d.ID, Number: len(versions) + 1}
	if err := dropUnregistered(ctx, c, next); err != nil {
		return v, err
	}
	registries, closeAll, err := s.registries(ctx, d)
	defer closeAll()
	if err != nil {
		return v, err
	}
	v, err = ingest.Import(ctx, ingest.Importer{Sandbox: s.sandbox, Clock: s.cfg.Clock}, ingest.Request{
		Dataset: d, Number: next.Number, File: file, Compartment: c, Registries: registries, Progress: progress,
	})
	if err != nil {
		return v, err
	}
	return v, s.store.AddVersion(ctx, v)
}

// dropUnregistered removes the objects of a version that was sealed but never
// registered, since a crash came between: nobody was told of it.
func dropUnregistered(ctx context.Context, c *vault.Compartment, v catalog.Version) error {
	if _, err := c.Stat(v.RowsObject()); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	b := c.Begin()
	defer b.Discard()
	for _, name := range []string{v.RowsObject(), v.QuarantineObject(), v.QualityObject()} {
		b.Delete(name)
	}
	return b.Commit(ctx)
}

// registries opens the subject registry of each kind of the data set.
func (s *Session) registries(ctx context.Context, d *catalog.Dataset) (out map[string]*subject.Registry, closeAll func(), err error) {
	out = map[string]*subject.Registry{}
	var opened []*vault.Compartment
	closeAll = func() {
		for _, c := range opened {
			c.Close()
		}
	}
	for _, sub := range d.Subjects {
		if out[sub.Kind] != nil {
			continue
		}
		c, err := s.compartment(ctx, "registry/"+sub.Kind, "import "+d.ID)
		if err != nil {
			return nil, closeAll, err
		}
		opened = append(opened, c)
		if out[sub.Kind], err = subject.Open(ctx, c); err != nil {
			return nil, closeAll, err
		}
	}
	return out, closeAll, nil
}
