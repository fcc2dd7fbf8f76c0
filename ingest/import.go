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

// Request is one upload. Every field but Progress must be set.
type Request struct {
	Dataset     *catalog.Dataset
	Number      int                          // of the new version, from 1
	File        *os.File                     // read by position; stays the caller's
	Compartment *vault.Compartment           // catalog.Compartment of the data set
	Registries  map[string]*subject.Registry // by kind, one for each subject of the data set
	Progress    func(rows int64)             // rows of the file so far; called after each frame
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
	v := catalog.Version{Dataset: req.Dataset.ID, Number: req.Number}
	b := req.Compartment.Begin()
	defer b.Discard()
	in, err := newIntake(ctx, req, v, b)
	if err != nil {
		return catalog.Version{}, err
	}
	summary, err := im.Sandbox.Ingest(ctx, request(req.Dataset), req.File, im.limits(), sandbox.IngestSink{Rows: in.rows, Quarantine: in.quarantine})
	if err != nil {
		return catalog.Version{}, explain(err, req)
	}
	if err := in.finish(summary); err != nil {
		return catalog.Version{}, err
	}
	in.quality.Created = im.Clock().UTC()
	if err := in.writeQuality(ctx, b, v); err != nil {
		return catalog.Version{}, err
	}
	for _, s := range req.Dataset.Subjects {
		if err := req.Registries[s.Kind].Save(ctx); err != nil {
			return catalog.Version{}, fmt.Errorf("saving the registry of kind %s: %w", s.Kind, err)
		}
	}
	if err := b.Commit(ctx); err != nil {
		return catalog.Version{}, err
	}
	return Stored(ctx, req.Compartment, v.Dataset, v.Number)
}

// Stored gives a version as the vault has it: what Import returned, also to those
// who recover after a crash before its answer was noted elsewhere. A version that
// was never committed is fault.NotFound.
func Stored(ctx context.Context, c *vault.Compartment, dataset string, number int) (catalog.Version, error) {
	v := catalog.Version{Dataset: dataset, Number: number}
	info, err := c.Stat(v.RowsObject())
	if err != nil {
		return catalog.Version{}, err
	}
	q, err := ReadQuality(ctx, c, v)
	if err != nil {
		return catalog.Version{}, err
	}
	v.Rows, v.Quarantined, v.Created, v.Digest = q.Rows, q.Quarantined, q.Created, info.Commitment.String()
	return v, nil
}

// check refuses what is the caller's mistake.
func (r *Request) check() error {
	if r.Dataset == nil || r.File == nil || r.Compartment == nil || r.Number < 1 {
		return fault.New(fault.Internal, "ingest: data set, file, compartment and number are needed")
	}
	if want := catalog.Compartment(r.Dataset.ID); r.Compartment.Name() != want {
		return fault.Errorf(fault.Internal, "ingest: the compartment is %s, not %s", r.Compartment.Name(), want)
	}
	for _, s := range r.Dataset.Subjects {
		if r.Registries[s.Kind] == nil {
			return fault.Errorf(fault.Internal, "ingest: the registry of kind %s is missing", s.Kind)
		}
	}
	return nil
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

// request asks the cell for the declared columns.
func request(d *catalog.Dataset) abi.IngestRequest {
	r := abi.IngestRequest{Format: d.File.Format, Delimiter: d.File.Delimiter}
	for _, c := range d.Columns {
		r.Columns = append(r.Columns, abi.IngestColumn{
			Name: c.Name, Source: c.Source, Type: c.Type, Nulls: c.Nulls, Zone: c.Zone, Required: c.Required,
		})
	}
	return r
}

func (in *intake) writeQuality(ctx context.Context, b *vault.Batch, v catalog.Version) error {
	w, err := b.Create(ctx, v.QualityObject())
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(in.quality)
}

// maxQuality is the size of the longest quality report, in bytes.
const maxQuality = 16 << 20

// ReadQuality reads the quality report of a version.
func ReadQuality(ctx context.Context, c *vault.Compartment, v catalog.Version) (Quality, error) {
	var q Quality
	b, err := c.Read(ctx, v.QualityObject(), maxQuality)
	if err != nil {
		return q, err
	}
	return q, json.Unmarshal(b, &q)
}
