package sandbox

import (
	"testing"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// answer makes the frames of an inspection of a csv with two columns.
func answer() map[string]*abi.Frame {
	text := func(name string, values ...string) abi.Column {
		c := abi.Column{Name: name, Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}}
		for _, v := range values {
			c.Bytes = append(c.Bytes, v...)
			c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
		}
		return c
	}
	number := func(name string, values ...int64) abi.Column {
		return abi.Column{Name: name, Type: coltype.Type{Kind: coltype.Integer}, Ints: values}
	}
	truth := func(name string, values ...byte) abi.Column {
		return abi.Column{Name: name, Type: coltype.Type{Kind: coltype.Boolean}, Bools: values}
	}
	return map[string]*abi.Frame{
		abi.StreamInspection: {Rows: 1, Columns: []abi.Column{
			text("format", "csv"), text("compression", "gzip"), text("encoding", "gb18030"), text("delimiter", ";"), text("sheet", ""),
			truth("header", 1), truth("complete", 0), number("rows", 9), number("ragged", 1),
		}},
		abi.StreamSheets:  {Columns: []abi.Column{text("name"), truth("shows")}},
		abi.StreamColumns: {Rows: 2, Columns: []abi.Column{text("name", "费用", "x"), text("type", "decimal(18,2)", ""), number("nulls", 3, 9)}},
		abi.StreamNulls:   {Rows: 2, Columns: []abi.Column{number("column", 1, 2), text("spelling", "NULL", "　"), number("rows", 3, 9)}},
	}
}

func TestInspectionIsRead(t *testing.T) {
	in, err := readInspection(answer())
	if err != nil {
		t.Fatal(err)
	}
	if in.Encoding != "gb18030" || !in.Header || in.Complete || in.Rows != 9 || len(in.Columns) != 2 || in.Columns[0].Type.Scale != 2 || in.Columns[1].Spellings[0] != (Spelling{"　", 9}) {
		t.Errorf("%+v", in)
	}
	req := in.Request([]abi.IngestColumn{{Name: "c", Source: "费用", Type: in.Columns[0].Type}})
	if req.Format != abi.FormatCSV || req.Compression != abi.CompressionGzip || req.Encoding != abi.EncodingGB18030 || req.Delimiter != ";" || len(req.Columns) != 1 {
		t.Errorf("%+v", req)
	}
}

// A cell that was taken over may not say what could be a value of a row, nor a
// way to write that there is none.
func TestInspectionsThatCannotBe(t *testing.T) {
	set := func(frame string, column int, value string) func(map[string]*abi.Frame) {
		return func(f map[string]*abi.Frame) {
			c := &f[frame].Columns[column]
			rest := string(c.Bytes[c.Offsets[1]:])
			c.Bytes = []byte(value + rest)
			for i := range c.Offsets[1:] {
				c.Offsets[i+1] += uint32(len(value)) - c.Offsets[1]*uint32(min(i+1, 1))
			}
			c.Offsets[1] = uint32(len(value))
			c.Offsets[len(c.Offsets)-1] = uint32(len(c.Bytes))
		}
	}
	count := func(frame string, column int, value int64) func(map[string]*abi.Frame) {
		return func(f map[string]*abi.Frame) { f[frame].Columns[column].Ints[0] = value }
	}
	for name, change := range map[string]func(map[string]*abi.Frame){
		"a format":              set(abi.StreamInspection, 0, "530102199003070011"),
		"no format":             set(abi.StreamInspection, 0, ""),
		"a compression":         set(abi.StreamInspection, 1, "李明"),
		"an encoding":           set(abi.StreamInspection, 2, "李明"),
		"a delimiter":           set(abi.StreamInspection, 3, "李明"),
		"a sheet of a csv":      set(abi.StreamInspection, 4, "李明"),
		"a type":                set(abi.StreamColumns, 1, "李明"),
		"a spelling":            set(abi.StreamNulls, 1, "李明"),
		"a name of no header":   func(f map[string]*abi.Frame) { f[abi.StreamInspection].Columns[5].Bools[0] = 0 },
		"a long name":           set(abi.StreamColumns, 0, string(make([]byte, abi.MaxNameBytes+1))),
		"rows below zero":       count(abi.StreamInspection, 7, -1),
		"more ragged":           count(abi.StreamInspection, 8, 10),
		"more nulls":            count(abi.StreamColumns, 2, 10),
		"nulls below zero":      count(abi.StreamColumns, 2, -1),
		"a column that is none": count(abi.StreamNulls, 0, 3),
		"a spelling of none":    count(abi.StreamNulls, 2, 0),
		"no head":               func(f map[string]*abi.Frame) { f[abi.StreamInspection].Rows = 0 },
	} {
		frames := answer()
		change(frames)
		if in, err := readInspection(frames); err == nil {
			t.Errorf("%s: accepted as %+v", name, in)
		}
	}
}
