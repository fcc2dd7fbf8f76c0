package job

import (
	"bytes"
	"io"
	"os"
	"slices"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/manifest"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

var course = manifest.PlanMapping{Name: "course", Unit: "person", Shared: true, Record: []manifest.Field{
	{Name: "level", Labels: []string{"低", "高"}, Max: 1}, {Name: "score", Min: -100, Max: 100, Scale: 1},
}}

// answered is a frame of records as a cell sends it; a score below -100 is null.
func answered(levels, scores []int64, failed ...byte) *abi.Frame {
	integer, valid := coltype.Type{Kind: coltype.Integer}, make([]byte, (len(scores)+7)/8)
	scores = slices.Clone(scores)
	for i, v := range scores {
		if v < -100 {
			scores[i] = 0
		} else {
			valid[i/8] |= 1 << (i % 8)
		}
	}
	return &abi.Frame{Rows: len(levels), Columns: []abi.Column{
		{Name: "level", Type: integer, Ints: levels}, {Name: "score", Type: integer, Ints: scores, Valid: valid},
		{Name: abi.ColumnFailed, Type: coltype.Type{Kind: coltype.Boolean}, Bools: failed},
	}}
}

// TestRecordsBecomeAView writes records as the query cell reads them.
func TestRecordsBecomeAView(t *testing.T) {
	m := &mapped{plan: course, ordinals: []uint32{7, 4_000_000_000, 9}}
	var file bytes.Buffer
	out, err := table.NewWriter(&file, table.Schema(m.fields()...))
	if err != nil {
		t.Fatal(err)
	}
	m.out = out
	for _, f := range []*abi.Frame{answered([]int64{1, 0}, []int64{-7, -101}, 0, 0), answered([]int64{0}, []int64{50}, 1)} {
		if err := m.take(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.take(answered([]int64{0}, []int64{0}, 0)); err == nil {
		t.Error("a record of nobody was taken")
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := table.NewReader(table.Source{ReaderAt: bytes.NewReader(file.Bytes()), Size: int64(file.Len())}, []string{"level", "score", "__subject_person"})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	f, err := table.ToFrame(rec)
	if err != nil || f.Rows != 3 {
		t.Fatal(f, err)
	}
	if got := string(f.Columns[0].TextAt(0)) + string(f.Columns[0].TextAt(2)); got != "高低" {
		t.Errorf("labels %s", got)
	}
	if score := f.Columns[1]; score.Ints[0] != -7 || !score.IsNull(1) || score.Type.Scale != 1 {
		t.Errorf("scores %+v", score)
	}
	if !slices.Equal(f.Columns[2].Ints, []int64{7, 4_000_000_000, 9}) || m.failed != 1 {
		t.Errorf("subjects %v, %d failed", f.Columns[2].Ints, m.failed)
	}
}

// TestRecordsThatDependOnOthers tells apart runs of which some record differs, in
// whichever order the subjects came.
func TestRecordsThatDependOnOthers(t *testing.T) {
	first := &mapped{plan: course, ordinals: []uint32{1, 2, 3}}
	if err := first.take(answered([]int64{0, 1, 0}, []int64{10, -101, 30}, 0, 0, 0)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		ordinals []uint32
		frame    *abi.Frame
		same     bool
	}{
		"the same":         {[]uint32{3, 1, 2}, answered([]int64{0, 0, 1}, []int64{30, 10, -101}, 0, 0, 0), true},
		"another label":    {[]uint32{3, 1, 2}, answered([]int64{1, 0, 1}, []int64{30, 10, -101}, 0, 0, 0), false},
		"another number":   {[]uint32{3, 1, 2}, answered([]int64{0, 0, 1}, []int64{30, 11, -101}, 0, 0, 0), false},
		"null for 0":       {[]uint32{3, 1, 2}, answered([]int64{0, 0, 1}, []int64{30, 10, 0}, 0, 0, 0), false},
		"failed":           {[]uint32{3, 1, 2}, answered([]int64{0, 0, 1}, []int64{30, 10, -101}, 0, 0, 1), false},
		"another subject":  {[]uint32{3, 1, 4}, answered([]int64{0, 0, 1}, []int64{30, 10, -101}, 0, 0, 0), false},
		"fewer subjects":   {[]uint32{3, 1}, answered([]int64{0, 0}, []int64{30, 10}, 0, 0), false},
		"subjects swapped": {[]uint32{1, 3, 2}, answered([]int64{0, 0, 1}, []int64{30, 10, -101}, 0, 0, 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			second := &mapped{plan: course, ordinals: c.ordinals, seed: first.seed}
			if err := second.take(c.frame); err != nil {
				t.Fatal(err)
			}
			if got := first.same(second); got != c.same {
				t.Errorf("same: %v", got)
			}
		})
	}
}

// TestSealedFilesKeepTheirOrder holds that each file has what was written to it.
func TestSealedFilesKeepTheirOrder(t *testing.T) {
	files, err := sealedFiles(3, func(to []io.Writer) error {
		for i, w := range to {
			if _, err := w.Write([]byte{byte('a' + i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(files)
	for i, f := range files {
		b, err := io.ReadAll(f)
		if err != nil || string(b) != string(rune('a'+i)) {
			t.Errorf("file %d holds %q, %v", i, b, err)
		}
	}
	if _, err := sealedFiles(2, func([]io.Writer) error { return os.ErrInvalid }); err == nil {
		t.Error("a failing writer was not told")
	}
}
