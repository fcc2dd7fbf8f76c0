package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"yingbi/catalog"
	"yingbi/internal/clock"
	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/subject"
	"yingbi/vault"
)

// Cells reads an uploaded file in a cell; *sandbox.Sandbox has it.
type Cells interface {
	Ingest(context.Context, abi.IngestRequest, *os.File, sandbox.Limits, sandbox.IngestSink) (sandbox.IngestSummary, error)
}

// Importer is what imports need of the domain. Sandbox must be set.
type Importer struct {
	Sandbox Cells
	Limits  sandbox.Limits // of the cell; zero fields: 1 GiB, one hour, 64 GiB of output
	Clock   clock.Clock    // nil is the system's
}

// Request is one upload. Every field but Base, Written and Progress must be set.
type Request struct {
	Dataset     *catalog.Dataset
	Number      int                          // of the new version, from 1
	Base        *catalog.Version             // the version that the rows are appended to; nil for none
	Files       []*os.File                   // in the order of their rows; read by position; they stay the caller's
	Written     []catalog.File               // how each of them is written; nil: all as the description says
	Compartment *vault.Compartment           // catalog.Compartment of the data set
	Registries  map[string]*subject.Registry // by kind, one for each subject of the data set
	Progress    func(rows int64)             // rows of the files so far; called after each frame
}

// Import stores the upload as a version of the data set, or stores nothing. A
// version that exists is fault.Conflict; a file that does not fit the description
// is fault.Invalid and named by its base name.
func Import(ctx context.Context, im Importer, req Request) (catalog.Version, error) {
	if err := req.check(); err != nil {
		return catalog.Version{}, err
	}
	if im.Sandbox == nil {
		return catalog.Version{}, fault.New(fault.Internal, "ingest: the importer has no sandbox")
	}
	if im.Clock == nil {
		im.Clock = clock.System
	}
	if err := req.checkBase(ctx); err != nil {
		return catalog.Version{}, err
	}
	b := req.Compartment.Begin()
	defer b.Discard()
	in, err := newIntake(ctx, req, b)
	if err != nil {
		return catalog.Version{}, err
	}
	defer in.lanes.stop()
	for i, file := range req.Files {
		if err := in.readFile(ctx, im, i+1, file); err != nil {
			return catalog.Version{}, err
		}
	}
	v, err := in.finish(im.Clock().UTC())
	if err != nil {
		return catalog.Version{}, err
	}
	if err := writeJSON(ctx, b, v.QualityObject(), in.quality); err != nil {
		return catalog.Version{}, err
	}
	if err := writeJSON(ctx, b, v.VersionObject(), v); err != nil {
		return catalog.Version{}, err
	}
	for _, s := range req.Dataset.Subjects {
		if err := req.Registries[s.Kind].Save(ctx); err != nil {
			return catalog.Version{}, fmt.Errorf("saving the registry of kind %s: %w", s.Kind, err)
		}
	}
	return v, b.Commit(ctx)
}

// Stored gives a version as the vault has it: what Import returned, also to those
// who recover after a crash before its answer was noted elsewhere. A version that
// was never committed is fault.NotFound.
func Stored(ctx context.Context, c *vault.Compartment, dataset string, number int) (catalog.Version, error) {
	v := catalog.Version{Dataset: dataset, Number: number}
	return v, readJSON(ctx, c, v.VersionObject(), &v)
}

// check refuses what is the caller's mistake.
func (r *Request) check() error {
	if r.Dataset == nil || len(r.Files) == 0 || r.Compartment == nil || r.Number < 1 {
		return fault.New(fault.Internal, "ingest: data set, files, compartment and number are needed")
	}
	if want := catalog.Compartment(r.Dataset.ID); r.Compartment.Name() != want {
		return fault.Errorf(fault.Internal, "ingest: the compartment is %s, not %s", r.Compartment.Name(), want)
	}
	if r.Written != nil && len(r.Written) != len(r.Files) {
		return fault.New(fault.Internal, "ingest: say of each file how it is written, or of none")
	}
	if r.Base != nil && (r.Base.Dataset != r.Dataset.ID || r.Base.Number >= r.Number) {
		return fault.Errorf(fault.Internal, "ingest: version %d cannot be appended to version %d of %s", r.Number, r.Base.Number, r.Base.Dataset)
	}
	for _, s := range r.Dataset.Subjects {
		if r.Registries[s.Kind] == nil {
			return fault.Errorf(fault.Internal, "ingest: the registry of kind %s is missing", s.Kind)
		}
	}
	return nil
}

// checkBase makes sure that the version to append to is the one that was sealed.
func (r *Request) checkBase(ctx context.Context) error {
	if r.Base == nil {
		return nil
	}
	sealed, err := Stored(ctx, r.Compartment, r.Dataset.ID, r.Base.Number)
	if err == nil && sealed.Digest != r.Base.Digest {
		err = fault.Errorf(fault.Integrity, "version %d of data set %s is not the one that was sealed; restore the metadata database from a backup", r.Base.Number, r.Dataset.ID)
	}
	if err == nil {
		r.Base = &sealed
	}
	return err
}

func (im Importer) limits() sandbox.Limits {
	l := im.Limits
	if l.Memory == 0 {
		l.Memory = 1 << 30
	}
	if l.Wall == 0 {
		l.Wall = time.Hour
	}
	if l.Output == 0 {
		l.Output = 64 << 30
	}
	return l
}

// request asks the cell for the declared columns of a file.
func request(d *catalog.Dataset, f catalog.File) abi.IngestRequest {
	r := abi.IngestRequest{Format: f.Format, Compression: f.Compression, Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet}
	for _, c := range d.Columns {
		r.Columns = append(r.Columns, abi.IngestColumn{
			Name: c.Name, Source: c.Source, Type: c.Type, Nulls: c.Nulls, Zone: c.Zone, Required: c.Required,
		})
	}
	return r
}

// maxJSON is the size of the longest report or list of parts, in bytes.
const maxJSON = 16 << 20

func writeJSON(ctx context.Context, b *vault.Batch, name string, value any) error {
	w, err := b.Create(ctx, name)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(value)
}

func readJSON(ctx context.Context, c *vault.Compartment, name string, value any) error {
	b, err := c.Read(ctx, name, maxJSON)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, value)
}

// ReadQuality reads the quality report of a version: of its own upload, not of
// what it was appended to.
func ReadQuality(ctx context.Context, c *vault.Compartment, v catalog.Version) (Quality, error) {
	var q Quality
	return q, readJSON(ctx, c, v.QualityObject(), &q)
}
