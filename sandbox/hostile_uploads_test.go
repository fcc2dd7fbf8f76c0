//go:build linux && cgo

package sandbox_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"yingbi/internal/hostile"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// reading is what a hostile upload may use.
var reading = sandbox.Limits{Memory: 512 << 20, Wall: 20 * time.Second, Output: 64 << 20}

// TestHostileUploads reads every hostile upload in its cell, two at a time: it is
// refused as a whole for the reason that its table names, or read to its counts. It
// is inspected too, which ends well or with a code for uploads. After each group nothing is
// left of it, and the same sandbox does an honest job.
func TestHostileUploads(t *testing.T) {
	y := newYard(t)
	count := 0
	for _, group := range []struct {
		name    string
		uploads []hostile.Upload
	}{{"texts", hostile.Texts()}, {"archives", hostile.Archives()}, {"workbooks", hostile.Workbooks()}, {"Parquet", hostile.Parquet()}} {
		count += len(group.uploads)
		t.Run(group.name, func(t *testing.T) {
			for _, u := range group.uploads {
				t.Run(u.Name, func(t *testing.T) {
					t.Parallel()
					y.ingest(t, u)
					y.inspect(t, u)
				})
			}
		})
		y.intact(t)
	}
	if count < 120 {
		t.Errorf("%d hostile uploads", count)
	}
}

// ingest reads an upload; what came out is counted here.
func (y *yard) ingest(t *testing.T, u hostile.Upload) {
	file := mustSeal(t, string(u.Bytes))
	defer file.Close()
	var kept, bad int64
	var why []abi.Reason
	sum, err := y.Ingest(t.Context(), u.Request, file, reading, sandbox.IngestSink{
		Rows: func(f *abi.Frame) error { kept += int64(f.Rows); return nil },
		Quarantine: func(f *abi.Frame) error {
			bad += int64(f.Rows)
			for i := range f.Rows {
				if r := abi.Reason(f.Columns[3].TextAt(i)); !slices.Contains(why, r) {
					why = append(why, r)
				}
			}
			return nil
		},
	})
	var f *sandbox.Failure
	if errors.As(err, &f) {
		if got := (abi.Failure{Code: f.Code, At: f.At}); f.Reason != sandbox.Refused || got != u.Refused {
			t.Errorf("%v; want %v", err, u.Refused)
		}
		return
	}
	if err != nil || u.Refused != (abi.Failure{}) {
		t.Fatalf("%+v, %v; want %v", sum, err, u.Refused)
	}
	if kept != u.Kept || bad != u.Bad || !slices.Equal(why, u.Why) || sum.Read != kept+bad || sum.Kept != kept || sum.Quarantined != bad {
		t.Errorf("%d kept, %d in quarantine for %v, %+v; want %d and %d for %v", kept, bad, why, sum, u.Kept, u.Bad, u.Why)
	}
}

// inspect looks at an upload as at one of which nothing is said.
func (y *yard) inspect(t *testing.T, u hostile.Upload) {
	file := mustSeal(t, string(u.Bytes))
	defer file.Close()
	in, err := y.Inspect(t.Context(), abi.InspectRequest{}, file, reading)
	var f *sandbox.Failure
	if err == nil {
		return
	}
	codes := []abi.Code{
		abi.FailFormat, abi.FailCompression, abi.FailEncoding, abi.FailArchive, abi.FailEncrypted, abi.FailMacros,
		abi.FailSheet, abi.FailLimit, abi.FailTooWide,
	}
	if !errors.As(err, &f) || f.Reason != sandbox.Refused || !slices.Contains(codes, f.Code) {
		t.Errorf("inspected: %+v, %v", in, err)
	}
}
