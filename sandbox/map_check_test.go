package sandbox

import (
	"testing"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// FuzzRecords reads any bytes as the records of a mapping. What is accepted holds to
// the fields, tells of every subject whether it failed, and is of no subject too many.
func FuzzRecords(f *testing.F) {
	req := abi.MapRequest{Fields: []abi.MapField{{Name: "a", Min: -1, Max: 5}, {Name: "b", Min: 7, Max: 7}}}
	for _, rows := range []int{0, 1, 2, 3} {
		frame := &abi.Frame{Rows: rows, Columns: []abi.Column{
			{Name: "a", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{5, -1, 6}[:rows], Valid: []byte{5}},
			{Name: "b", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{7, 0, 8}[:rows], Valid: []byte{5}},
			{Name: abi.ColumnFailed, Type: coltype.Type{Kind: coltype.Boolean}, Bools: []byte{0, 1, 1}[:rows]},
		}}
		if rows == 0 {
			frame.Columns[0].Valid, frame.Columns[1].Valid = nil, nil
		}
		b, err := abi.Encode(nil, frame)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		check := recordCheck{fields: req.Fields, want: req.Records(), left: 2}
		frame, err := check.accept(abi.Message{Kind: abi.MsgFrame, Name: abi.StreamRecords, Payload: b})
		if err != nil {
			return
		}
		if frame.Rows > 2 || check.left != int64(2-frame.Rows) || len(frame.Columns) != 3 {
			t.Fatalf("%d rows, %d subjects left", frame.Rows, check.left)
		}
		for i := range frame.Rows {
			for c, field := range req.Fields {
				column := &frame.Columns[c]
				null, v := column.IsNull(i), column.Ints[i]
				if !null && (frame.Columns[2].Bools[i] != 0 || v < field.Min || v > field.Max) || null && v != 0 {
					t.Fatalf("subject %d, field %d: %d", i, c, v)
				}
			}
			if frame.Columns[2].IsNull(i) {
				t.Fatalf("subject %d: nobody knows whether it failed", i)
			}
		}
	})
}
