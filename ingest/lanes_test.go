package ingest

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"testing"

	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/table"
)

// many sends frames of rows that carry their number as the cost.
func many(frames, rows int) cells {
	return func(sink sandbox.IngestSink) (sandbox.IngestSummary, error) {
		next := int64(0)
		for range frames {
			persons, firms, costs := make([]string, rows), make([]int64, rows), make([]int64, rows)
			for i := range rows {
				persons[i], firms[i], costs[i] = fmt.Sprint("p", next%1000), 1, next
				next++
			}
			if err := sink.Rows(claims(persons, firms, costs)); err != nil {
				return sandbox.IngestSummary{}, err
			}
		}
		return sandbox.IngestSummary{Read: next, Kept: next}, nil
	}
}

// TestPartsOfAVersion holds that rows go to the lanes in turns, that a part ends
// where it is full, and that every row is in one part.
func TestPartsOfAVersion(t *testing.T) {
	const frames, rows = 36, 64 << 10 // 18 turns: 9 for each lane, one more than a part holds
	w := newWorld(t, dataset(t, description))
	v, err := w.importing(many(frames, rows))
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for i, p := range v.Parts {
		if p.Version != 1 || p.Number != i+1 {
			t.Errorf("part %d is %+v", i, p)
		}
		got = append(got, p.Rows)
	}
	want := []int64{catalog.PartRows, catalog.PartRows, 2 * rows, 2 * rows}
	if !reflect.DeepEqual(got, want) || v.Rows != frames*rows || v.Digest != catalog.RowsDigest(v.Parts) {
		t.Fatalf("parts of %v rows, want %v; %d rows", got, want, v.Rows)
	}
	seen := make([]bool, frames*rows)
	for _, p := range v.Parts {
		costs := w.costs(p.Object())
		if int64(len(costs)) != p.Rows {
			t.Errorf("%s has %d rows, said to have %d", p.Object(), len(costs), p.Rows)
		}
		for _, cost := range costs {
			if seen[cost] {
				t.Fatalf("row %d is there twice", cost)
			}
			seen[cost] = true
		}
	}
}

// costs reads one column of a part.
func (w *world) costs(object string) (all []int64) {
	w.t.Helper()
	o, err := w.request.Compartment.Open(w.t.Context(), object)
	if err != nil {
		w.t.Fatal(err)
	}
	defer o.Close()
	r, err := table.NewReader(table.Source{ReaderAt: o, Size: o.Size()}, []string{"cost"})
	if err != nil {
		w.t.Fatal(err)
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			w.t.Fatal(err)
		}
		f, err := table.ToFrame(rec)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, f.Columns[0].Ints...)
	}
}

// TestSeveralFiles holds that rows in quarantine are numbered within their file.
func TestSeveralFiles(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	w.request.Files = []*os.File{w.request.Files[0], w.request.Files[0]}
	v, err := w.importing(cells(nineRows))
	if err != nil || v.Rows != 8 || v.Quarantined != 10 {
		t.Fatalf("%+v, %v", v, err)
	}
	_, bad := w.readTable(v.QuarantineObject())
	want := []string{
		"1 3 4 cost unparsable", "1 7 9 ragged", "1 2 0 person missing_subject", "1 8 0 person missing_subject", "1 9 0 firm missing_subject",
		"2 3 4 cost unparsable", "2 7 9 ragged", "2 2 0 person missing_subject", "2 8 0 person missing_subject", "2 9 0 firm missing_subject",
	}
	if !reflect.DeepEqual(bad, want) {
		t.Errorf("quarantine %q", bad)
	}
}

// TestAppend holds that an appended version shares the parts of the one before it,
// and that a base which is not the sealed one is refused.
func TestAppend(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	first, err := w.importing(cells(nineRows))
	if err != nil {
		t.Fatal(err)
	}
	w.request.Number, w.request.Base = 2, &first
	second, err := w.importing(cells(nineRows))
	if err != nil {
		t.Fatal(err)
	}
	if second.Base != 1 || second.Rows != 8 || second.Quarantined != 10 || len(second.Parts) != 2 ||
		second.Parts[0] != first.Parts[0] || second.Parts[1].Object() != "v2.00001.parquet" || second.Digest == first.Digest {
		t.Errorf("%+v after %+v", second, first)
	}
	if stored, err := Stored(t.Context(), w.request.Compartment, "claims", 2); err != nil || !reflect.DeepEqual(stored, second) {
		t.Errorf("stored %+v, %v", stored, err)
	}
	forged := second
	forged.Digest = first.Digest
	w.request.Number, w.request.Base = 3, &forged
	if _, err := w.importing(cells(nineRows)); fault.KindOf(err) != fault.Integrity {
		t.Errorf("a base that was never sealed: %v", err)
	}
	w.request.Base = &catalog.Version{Dataset: "claims", Number: 3}
	if _, err := w.importing(cells(nineRows)); err == nil {
		t.Error("appended to itself")
	}
}

// TestALaneThatFails holds that the first error of a lane ends the import.
func TestALaneThatFails(t *testing.T) {
	w := newWorld(t, dataset(t, description))
	w.request.Progress = func(int64) { w.request.Compartment.Close() } // no part can be begun after the first frame
	_, err := w.importing(many(6, 64<<10))
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("error %v", err)
	}
}
