package domain

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/ingest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// inspectLimits bound the cell that looks at the beginning of an upload.
var inspectLimits = sandbox.Limits{Memory: 1 << 30, Wall: 2 * time.Minute, Output: 64 << 20}

// Inspect tells the provider of a data set how an upload is written, and what its
// columns seem to be. What the description gives is taken, and checked.
func (s *Session) Inspect(ctx context.Context, id string, file *os.File) (in sandbox.Inspection, err error) {
	if err := s.authorise(ctx, access.ImportDataset, catalog.Compartment(id)); err != nil {
		return in, err
	}
	d, err := s.ownDataset(ctx, access.ImportDataset, id)
	if err != nil {
		return in, err
	}
	if err := s.event(ctx, s.Actor.ID, "dataset.inspect", catalog.Compartment(id), nil); err != nil {
		return in, err
	}
	return s.inspect(ctx, d, file)
}

func (s *Session) inspect(ctx context.Context, d *catalog.Dataset, file *os.File) (sandbox.Inspection, error) {
	f := d.File
	in, err := s.sandbox.Inspect(ctx, abi.InspectRequest{
		Format: f.Format, Compression: f.Compression, Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet,
	}, file, inspectLimits)
	return in, ingest.Explain(err, d, filepath.Base(file.Name()))
}

// written tells how each file of an upload is written: as the description says, or
// as a cell found and whoever imports has confirmed.
func (s *Session) written(ctx context.Context, d *catalog.Dataset, up Upload) ([]catalog.File, error) {
	out := make([]catalog.File, len(up.Files))
	for i, file := range up.Files {
		if out[i] = d.File; d.File.Whole() {
			continue
		}
		in, err := s.inspect(ctx, d, file)
		if err != nil {
			return nil, err
		}
		if up.Confirm != nil {
			if err := up.Confirm(file, in); err != nil {
				return nil, err
			}
		}
		r := in.Request(nil)
		out[i] = catalog.File{Format: r.Format, Compression: r.Compression, Encoding: r.Encoding, Delimiter: r.Delimiter, Sheet: r.Sheet}
	}
	return out, nil
}
