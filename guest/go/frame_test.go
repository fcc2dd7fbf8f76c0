package yingbi

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"testing"
)

// vector is the example of docs/formats/frame.md.
const vector = `
59 42 46 31 02 00 00 00 02 00 00 00 00 00 00 00
e0 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
01 00 00 01 01 00 00 00 80 00 00 00 00 00 00 00
90 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
a0 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00
04 00 00 00 01 00 00 00 b0 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 c0 00 00 00 00 00 00 00
d0 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00
6e 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
73 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 01 00 00 00 04 00 00 00 00 00 00 00
61 e5 bd b1 00 00 00 00 00 00 00 00 00 00 00 00`

func vectorBytes(t testing.TB) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.NewReplacer(" ", "", "\n", "").Replace(vector))
	if err != nil {
		t.Fatal(err)
	}
	return moved(raw)
}

// moved copies bytes to where a frame may lie.
func moved(b []byte) []byte {
	out := aligned(len(b))
	copy(out, b)
	return out
}

func TestEncodeGivesThePublishedBytes(t *testing.T) {
	var table Table
	n, s := table.Integer("n"), table.Text("s")
	n.Append(7)
	n.AppendNull()
	s.Append("a")
	s.Append("影")
	got, err := table.Encode()
	if err != nil || !bytes.Equal(got, vectorBytes(t)) {
		t.Fatalf("%v\n%x\n%x", err, got, vectorBytes(t))
	}
}

func TestParseReadsThePublishedBytes(t *testing.T) {
	f, err := ParseFrame(vectorBytes(t))
	if err != nil || f.Rows != 2 || len(f.Columns) != 2 {
		t.Fatalf("%+v, %v", f, err)
	}
	n, s := f.Column("n"), f.Column("s")
	if n.IsNull(0) || !n.IsNull(1) || n.Ints()[0] != 7 || s.IsNull(0) || s.Text(0) != "a" || s.Text(1) != "影" {
		t.Fatalf("%+v", f)
	}
	if n.Floats() != nil || n.Text(0) != "" || s.Ints() != nil || s.Dates() != nil || n.Bools() != nil || f.Column("x") != nil {
		t.Fatal("values under another kind's method")
	}
}

// everything has each kind, with and without nulls.
func everything(rows int) *Table {
	var t Table
	ints, decimals, times := t.Integer("整数"), t.Decimal("d", 12, 2), t.Timestamp("t")
	floats, texts, dates, bools := t.Double("f"), t.Text("s"), t.Date("day"), t.Boolean("b")
	for i := range rows {
		ints.Append(int64(i))
		times.Append(int64(i) * 1e6)
		bools.Append(i%2 == 0)
		if i%3 == 1 {
			decimals.AppendNull()
			floats.AppendNull()
			texts.AppendNull()
			dates.AppendNull()
			continue
		}
		decimals.Append(int64(-i))
		floats.Append(math.NaN())
		texts.Append(strings.Repeat("影", i))
		dates.Append(int32(i))
	}
	return &t
}

func TestTableGoesThereAndBack(t *testing.T) {
	for _, rows := range []int{0, 1, 7, 8, 9} {
		b, err := everything(rows).Encode()
		if err != nil {
			t.Fatal(err)
		}
		f, err := ParseFrame(b)
		if err != nil || f.Rows != rows {
			t.Fatalf("%d rows: %v", rows, err)
		}
		for i := range rows {
			null := i%3 == 1
			if f.Column("整数").Ints()[i] != int64(i) || f.Column("b").Bools()[i] == byte(i%2) || f.Column("d").IsNull(i) != null || f.Column("s").IsNull(i) != null {
				t.Fatalf("row %d of %d", i, rows)
			}
			if !null && (f.Column("d").Ints()[i] != int64(-i) || f.Column("day").Dates()[i] != int32(i) || f.Column("s").Text(i) != strings.Repeat("影", i)) {
				t.Fatalf("row %d of %d", i, rows)
			}
			if bits := math.Float64bits(f.Column("f").Floats()[i]); !null && bits != canonicalNaN {
				t.Fatalf("NaN %x", bits)
			}
		}
	}
}

func TestTableRefusesWhatMakesNoFrame(t *testing.T) {
	uneven := &Table{}
	uneven.Integer("a").Append(1)
	uneven.Integer("b")
	digits := &Table{}
	digits.Decimal("a", 3, 1).Append(1000)
	precision := &Table{}
	precision.Decimal("a", 19, 1)
	for name, table := range map[string]*Table{"uneven": uneven, "digits": digits, "precision": precision} {
		if _, err := table.Encode(); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

func TestParseRefusesBrokenFrames(t *testing.T) {
	whole := vectorBytes(t)
	for n := range len(whole) {
		if _, err := ParseFrame(moved(whole[:n])); err == nil {
			t.Fatalf("the first %d bytes are a frame", n)
		}
	}
	if _, err := ParseFrame(append(aligned(1), whole...)[1:]); err == nil {
		t.Fatal("a frame at an odd address")
	}
}

func TestTry(t *testing.T) {
	frame, err := everything(3).Encode()
	if err != nil {
		t.Fatal(err)
	}
	done, err := Try(func(j *Job) error {
		in, err := j.Input("rows")
		if err != nil {
			return err
		}
		for range 2 { // an input can be read again
			if err := in.Each(func(f *Frame) error {
				j.Log(f.Columns[0].Name)
				return nil
			}); err != nil {
				return err
			}
		}
		if _, err := j.Query("select 1"); err != ErrDenied {
			t.Errorf("query: %v", err)
		}
		return j.Emit("out", everything(1))
	}, Given{Name: "rows", Frames: [][]byte{frame, frame}})
	if err != nil || len(done.Log) != 4 || len(done.Emitted) != 1 || done.Emitted[0].Frame.Rows != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
}

func FuzzParseFrame(f *testing.F) {
	f.Add(vectorBytes(f))
	for _, rows := range []int{0, 9} {
		b, _ := everything(rows).Encode()
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := ParseFrame(moved(b))
		if err != nil {
			return
		}
		for i := range frame.Columns {
			c := &frame.Columns[i]
			for row := range frame.Rows {
				_, _ = c.IsNull(row), c.Text(row)
			}
			if n := len(c.Ints()) + len(c.Floats()) + len(c.Dates()) + len(c.Bools()); c.Kind != Text && n != frame.Rows {
				t.Fatalf("column of %d values in %d rows", n, frame.Rows)
			}
		}
	})
}
