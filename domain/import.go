package domain

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/ingest"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/sandbox"
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

// Upload is what an import brings.
type Upload struct {
	Files    []*os.File       // in the order of their rows; they stay the caller's
	Append   bool             // to the newest version, whose parts the new one shares
	Progress func(rows int64) // rows read so far; nil is none
	// Confirm is asked about each file of which the description leaves out how it is
	// written; its error ends the import. nil takes what was found.
	Confirm func(*os.File, sandbox.Inspection) error
}

// ImportDataset reads an upload through cells into a new version of a data set.
func (s *Session) ImportDataset(ctx context.Context, id string, up Upload) (v catalog.Version, err error) {
	if err := s.authorise(ctx, access.ImportDataset, catalog.Compartment(id)); err != nil {
		return v, err
	}
	d, err := s.ownDataset(ctx, access.ImportDataset, id)
	if err != nil {
		return v, err
	}
	err = s.act(ctx, access.ImportDataset, catalog.Compartment(id), nil, func() error {
		v, err = s.importVersion(ctx, d, up)
		return err
	})
	return v, err
}

// ownDataset finds a data set that the session's organisation provides.
func (s *Session) ownDataset(ctx context.Context, action access.Action, id string) (*catalog.Dataset, error) {
	d, err := s.dataset(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Provider != s.Actor.Org {
		return nil, s.deny(ctx, action, catalog.Compartment(id), "own_data",
			fault.Errorf(fault.Denied, "data set %s is provided by %s; %s belongs to %s", id, d.Provider, s.Actor.ID, s.Actor.Org))
	}
	return d, nil
}

// QualityReport is what an import found, and the first rows that it did not keep.
type QualityReport struct {
	Version int `json:"version"`
	ingest.Quality
	NotKept []ingest.QuarantinedRow `json:"not_kept"`
}

// Quality gives the quality report of a version to its provider, with up to limit
// rows of the quarantine; version 0 is the newest.
func (s *Session) Quality(ctx context.Context, id string, version, limit int) (report QualityReport, err error) {
	if err := s.authorise(ctx, access.ReadQuality, catalog.Compartment(id)); err != nil {
		return report, err
	}
	if _, err := s.ownDataset(ctx, access.ReadQuality, id); err != nil {
		return report, err
	}
	versions, err := s.store.Versions(ctx, id)
	if err != nil {
		return report, err
	}
	if version == 0 {
		version = len(versions)
	}
	if version < 1 || version > len(versions) {
		return report, fault.Errorf(fault.NotFound, "data set %s has no version %d; yingbi dataset show %[1]s lists them", id, version)
	}
	report.Version = version
	err = s.act(ctx, access.ReadQuality, catalog.Compartment(id), nil, func() error {
		c, err := s.compartment(ctx, catalog.Compartment(id), "read the quality")
		if err != nil {
			return err
		}
		defer c.Close()
		if report.Quality, err = ingest.ReadQuality(ctx, c, versions[version-1]); err != nil {
			return err
		}
		report.NotKept, err = ingest.ReadQuarantine(ctx, c, versions[version-1], limit)
		return err
	})
	return report, err
}

func (s *Session) importVersion(ctx context.Context, d *catalog.Dataset, up Upload) (v catalog.Version, err error) {
	versions, err := s.store.Versions(ctx, d.ID)
	if err != nil {
		return v, err
	}
	written, err := s.written(ctx, d, up)
	if err != nil {
		return v, err
	}
	req := ingest.Request{Written: written, Dataset: d, Number: len(versions) + 1, Files: up.Files, Progress: up.Progress}
	if up.Append {
		if len(versions) == 0 {
			return v, fault.Errorf(fault.NotFound, "data set %s has no version to append to; import it without --append", d.ID)
		}
		req.Base = &versions[len(versions)-1]
	}
	if req.Compartment, err = s.compartment(ctx, catalog.Compartment(d.ID), "import"); err != nil {
		return v, err
	}
	defer req.Compartment.Close()
	if err := dropUnregistered(ctx, req.Compartment, req.Number); err != nil {
		return v, err
	}
	registries, closeAll, err := s.registries(ctx, d)
	defer closeAll()
	if err != nil {
		return v, err
	}
	req.Registries = registries
	if v, err = ingest.Import(ctx, ingest.Importer{Sandbox: s.sandbox, Clock: s.cfg.Clock}, req); err != nil {
		return v, err
	}
	return v, s.store.AddVersion(ctx, v)
}

// dropUnregistered removes the objects of a version that was sealed but never
// registered, since a crash came between: nobody was told of it.
func dropUnregistered(ctx context.Context, c *vault.Compartment, number int) error {
	b := c.Begin()
	defer b.Discard()
	found := false
	for _, name := range c.Names() {
		if strings.HasPrefix(name, fmt.Sprintf("v%d.", number)) {
			b.Delete(name)
			found = true
		}
	}
	if !found {
		return nil
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
		c, err := s.compartment(ctx, subject.Compartment(sub.Kind), "import "+d.ID)
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
