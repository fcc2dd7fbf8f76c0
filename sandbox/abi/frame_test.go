package abi

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"yingbi/internal/coltype"
)

var everyType = []coltype.Type{
	{Kind: coltype.Integer}, {Kind: coltype.Decimal, Precision: 18, Scale: 2}, {Kind: coltype.Double}, {Kind: coltype.Text},
	{Kind: coltype.Date}, {Kind: coltype.Timestamp}, {Kind: coltype.Boolean},
}

var roomy = Limits{Bytes: 1 << 24, Rows: 1 << 20, Columns: 1000}

// sample makes a canonical frame of every type; every third row is null if
// nulls is set.
func sample(rows int, nulls bool) *Frame {
	f := &Frame{Rows: rows}
	for i, typ := range everyType {
		c := Column{Name: fmt.Sprintf("列%d", i), Type: typ}
		if nulls && rows > 0 {
			c.Valid = make([]byte, (rows+7)/8)
		}
		fill(&c, rows)
		f.Columns = append(f.Columns, c)
	}
	return f
}

func fill(c *Column, rows int) {
	switch c.Type.Kind {
	case coltype.Double:
		c.Floats = make([]float64, rows)
	case coltype.Date:
		c.Days = make([]int32, rows)
	case coltype.Boolean:
		c.Bools = make([]byte, rows)
	case coltype.Text:
		c.Offsets, c.Bytes = make([]uint32, rows+1), []byte{}
	default:
		c.Ints = make([]int64, rows)
	}
	for i := range rows {
		null := c.Valid != nil && i%3 == 0
		if c.Valid != nil && !null {
			c.Valid[i/8] |= 1 << (i % 8)
		}
		if c.Type.Kind == coltype.Text {
			if !null {
				c.Bytes = append(c.Bytes, strings.Repeat("影a", i%4)...)
			}
			c.Offsets[i+1] = uint32(len(c.Bytes))
		}
		if null {
			continue
		}
		switch c.Type.Kind {
		case coltype.Double:
			c.Floats[i] = []float64{-0.5, math.Inf(1), math.Float64frombits(canonicalNaN), math.Copysign(0, -1)}[i%4]
		case coltype.Date:
			c.Days[i] = []int32{minDay, maxDay, 19000}[i%3]
		case coltype.Boolean:
			c.Bools[i] = byte(i % 2)
		case coltype.Timestamp:
			c.Ints[i] = []int64{minDay * dayMicro, (maxDay+1)*dayMicro - 1, -1}[i%3]
		case coltype.Decimal:
			c.Ints[i] = []int64{999_999_999_999_999_999, -999_999_999_999_999_999, 5}[i%3]
		case coltype.Integer:
			c.Ints[i] = []int64{math.MinInt64, math.MaxInt64, int64(i)}[i%3]
		}
	}
}

func TestFramesComeBackAsTheyWere(t *testing.T) {
	for _, rows := range []int{0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 1000} {
		for _, nulls := range []bool{false, true} {
			f := sample(rows, nulls)
			b, err := Encode(nil, f)
			if err != nil {
				t.Fatal(rows, err)
			}
			if len(b) != EncodedSize(f) || len(b)%8 != 0 {
				t.Errorf("%d rows take %d bytes, EncodedSize says %d", rows, len(b), EncodedSize(f))
			}
			got, err := Decode(b, roomy)
			if err != nil {
				t.Fatalf("%d rows: %v", rows, err)
			}
			again, err := Encode(nil, got)
			if err != nil || !bytes.Equal(again, b) {
				t.Errorf("%d rows: the second encoding differs (%v)", rows, err)
			}
			if !sameFrame(got, f) {
				t.Errorf("%d rows, nulls %v: the frame differs", rows, nulls)
			}
		}
	}
}

// sameFrame compares as DeepEqual does, but NaN equals NaN and nil equals empty.
func sameFrame(a, b *Frame) bool {
	if a.Rows != b.Rows || len(a.Columns) != len(b.Columns) {
		return false
	}
	for i := range a.Columns {
		x, y := a.Columns[i], b.Columns[i]
		if fmt.Sprint(x.Floats) != fmt.Sprint(y.Floats) || len(x.Bytes) != len(y.Bytes) || string(x.Bytes) != string(y.Bytes) ||
			string(x.Valid) != string(y.Valid) || string(x.Bools) != string(y.Bools) || (x.Valid == nil) != (y.Valid == nil) {
			return false
		}
		x.Floats, y.Floats, x.Bytes, y.Bytes, x.Valid, y.Valid, x.Bools, y.Bools = nil, nil, nil, nil, nil, nil, nil, nil
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

// A guest's memory or a slice of a message need not begin at a multiple of 8.
func TestDecodeAtEveryAlignment(t *testing.T) {
	f := sample(65, true)
	for shift := range 9 {
		buf, err := Encode(make([]byte, shift), f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(buf[shift:], roomy)
		if err != nil || !sameFrame(got, f) {
			t.Errorf("shifted by %d: %v", shift, err)
		}
	}
}

func TestValuesAreCopiedOnlyWhereTheyMustBe(t *testing.T) {
	b := make([]byte, 17)
	binary.LittleEndian.PutUint64(b, 1)
	aligned := values[int64](b[:16])
	b[0] = 2
	if littleEndian() && aligned[0] != 2 {
		t.Error("aligned values were copied")
	}
	binary.LittleEndian.PutUint64(b[1:], 7)
	shifted := values[int64](b[1:])
	b[1] = 9
	if shifted[0] != 7 {
		t.Error("unaligned values were not copied")
	}
}

func TestEncodeMakesCanonical(t *testing.T) {
	f := &Frame{Rows: 3, Columns: []Column{
		{Name: "all", Type: coltype.Type{Kind: coltype.Integer}, Valid: []byte{0xff}, Ints: []int64{1, 2, 3}},
		{Name: "nan", Type: coltype.Type{Kind: coltype.Double}, Valid: []byte{0xf5}, Floats: []float64{math.Float64frombits(0xfff8000000000001), 5, 1}},
	}}
	b, err := Encode(nil, f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(b, roomy)
	if err != nil {
		t.Fatal(err)
	}
	if got.Columns[0].Valid != nil {
		t.Error("a bitmap without a null was kept")
	}
	nan := got.Columns[1]
	if math.Float64bits(nan.Floats[0]) != canonicalNaN || nan.Floats[1] != 0 || nan.Valid[0] != 5 || !nan.IsNull(1) || nan.IsNull(2) {
		t.Errorf("%x %v", math.Float64bits(nan.Floats[0]), nan)
	}
}

func TestEncodeRefuses(t *testing.T) {
	one := func(c Column) *Frame { return &Frame{Rows: 1, Columns: []Column{c}} }
	kind := func(k coltype.Kind) coltype.Type { return coltype.Type{Kind: k} }
	text := func(off []uint32, b string) Column {
		return Column{Name: "a", Type: kind(coltype.Text), Offsets: off, Bytes: []byte(b)}
	}
	for name, f := range map[string]*Frame{
		"rows without columns": {Rows: 1},
		"negative rows":        {Rows: -1},
		"no type":              one(Column{Name: "a", Ints: []int64{1}}),
		"no name":              one(Column{Type: kind(coltype.Integer), Ints: []int64{1}}),
		"long name":            one(Column{Name: strings.Repeat("a", 257), Type: kind(coltype.Integer), Ints: []int64{1}}),
		"control in name":      one(Column{Name: "a\x00", Type: kind(coltype.Integer), Ints: []int64{1}}),
		"name not UTF-8":       one(Column{Name: "\xff", Type: kind(coltype.Integer), Ints: []int64{1}}),
		"same name": {Rows: 1, Columns: []Column{
			{Name: "a", Type: kind(coltype.Integer), Ints: []int64{1}}, {Name: "a", Type: kind(coltype.Integer), Ints: []int64{1}},
		}},
		"same name in capitals": {Rows: 1, Columns: []Column{
			{Name: "a", Type: kind(coltype.Integer), Ints: []int64{1}}, {Name: "A", Type: kind(coltype.Integer), Ints: []int64{1}},
		}},
		"too few values":      one(Column{Name: "a", Type: kind(coltype.Integer)}),
		"another's buffer":    one(Column{Name: "a", Type: kind(coltype.Integer), Ints: []int64{1}, Floats: []float64{1}}),
		"bytes without text":  one(Column{Name: "a", Type: kind(coltype.Integer), Ints: []int64{1}, Bytes: []byte{1}}),
		"short bitmap":        one(Column{Name: "a", Type: kind(coltype.Integer), Ints: []int64{1}, Valid: []byte{}}),
		"long bitmap":         one(Column{Name: "a", Type: kind(coltype.Integer), Ints: []int64{1}, Valid: []byte{0, 0}}),
		"boolean 2":           one(Column{Name: "a", Type: kind(coltype.Boolean), Bools: []byte{2}}),
		"decimal too long":    one(Column{Name: "a", Type: coltype.Type{Kind: coltype.Decimal, Precision: 2}, Ints: []int64{100}}),
		"decimal too low":     one(Column{Name: "a", Type: coltype.Type{Kind: coltype.Decimal, Precision: 2}, Ints: []int64{-100}}),
		"day 0":               one(Column{Name: "a", Type: kind(coltype.Date), Days: []int32{minDay - 1}}),
		"year 10000":          one(Column{Name: "a", Type: kind(coltype.Timestamp), Ints: []int64{(maxDay + 1) * dayMicro}}),
		"one offset":          one(text([]uint32{0}, "")),
		"offset from 1":       one(text([]uint32{1, 1}, "a")),
		"offset beyond":       one(text([]uint32{0, 2}, "a")),
		"offset short":        one(text([]uint32{0, 0}, "a")),
		"text not UTF-8":      one(text([]uint32{0, 1}, "\xe5")),
		"text inside a rune":  {Rows: 2, Columns: []Column{text([]uint32{0, 1, 3}, "影")}},
		"offsets fall":        {Rows: 3, Columns: []Column{text([]uint32{0, 2, 1, 2}, "ab")}},
		"null text not empty": one(Column{Name: "a", Type: kind(coltype.Text), Valid: []byte{0}, Offsets: []uint32{0, 1}, Bytes: []byte("a")}),
	} {
		if b, err := Encode([]byte{7}, f); err == nil || len(b) != 1 {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Every frame that differs from a good one in one bit is refused, or is itself a
// frame in its one encoding.
func TestDecodeAfterOneFlippedBit(t *testing.T) {
	b, err := Encode(nil, sample(9, true))
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for bit := range 8 * len(b) {
		bad := bytes.Clone(b)
		bad[bit/8] ^= 1 << (bit % 8)
		f, err := Decode(bad, roomy)
		if err != nil {
			refused++
			continue
		}
		if again, err := Encode(nil, f); err != nil || !bytes.Equal(again, bad) {
			t.Fatalf("bit %d: accepted, but encodes differently (%v)", bit, err)
		}
	}
	if refused < 4*len(b) {
		t.Errorf("only %d of %d flips were refused", refused, 8*len(b))
	}
}

func TestDecodeRefusesEveryOtherLength(t *testing.T) {
	b, err := Encode(nil, sample(9, true))
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := Decode(b[:n], roomy); err == nil {
			t.Fatalf("the first %d of %d bytes pass", n, len(b))
		}
	}
	for _, tail := range []int{1, 8} {
		long := append(bytes.Clone(b), make([]byte, tail)...)
		binary.LittleEndian.PutUint64(long[16:], uint64(len(long)))
		if _, err := Decode(long, roomy); err == nil {
			t.Errorf("%d bytes after the end pass", tail)
		}
	}
}

// A frame of a hundred bytes that claims a great deal is refused for what it
// lacks, without memory being taken for it.
func TestDecodeDoesNotBelieveClaims(t *testing.T) {
	b, err := Encode(nil, sample(1, false))
	if err != nil {
		t.Fatal(err)
	}
	huge := Limits{Bytes: math.MaxInt64, Rows: math.MaxInt, Columns: math.MaxInt}
	claims := map[string]func([]byte){
		"columns": func(b []byte) { binary.LittleEndian.PutUint32(b[4:], math.MaxUint32) },
		"rows":    func(b []byte) { binary.LittleEndian.PutUint64(b[8:], math.MaxUint64/8+1) },
		"name":    func(b []byte) { binary.LittleEndian.PutUint32(b[headerSize+4:], math.MaxUint32) },
		"values":  func(b []byte) { binary.LittleEndian.PutUint64(b[headerSize+40:], math.MaxUint64-3) },
		"text":    func(b []byte) { binary.LittleEndian.PutUint64(b[headerSize+3*entrySize+40:], math.MaxUint64-3) },
	}
	for name, claim := range claims {
		bad := bytes.Clone(b)
		claim(bad)
		if _, err := Decode(bad, huge); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if n := testing.AllocsPerRun(10, func() { _, _ = Decode(bad, huge) }); n > 60 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestDecodeHoldsItsLimits(t *testing.T) {
	b, err := Encode(nil, sample(9, false))
	if err != nil {
		t.Fatal(err)
	}
	exact := Limits{Bytes: int64(len(b)), Rows: 9, Columns: 7}
	if _, err := Decode(b, exact); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	for _, lim := range []Limits{
		{Bytes: exact.Bytes - 1, Rows: 9, Columns: 7}, {Bytes: exact.Bytes, Rows: 8, Columns: 7},
		{Bytes: exact.Bytes, Rows: 9, Columns: 6}, {}, {Bytes: 1000, Rows: -1, Columns: -1},
	} {
		if _, err := Decode(b, lim); err == nil {
			t.Errorf("%+v: accepted", lim)
		}
	}
}

// The example of docs/formats/frame.md is a frame.
func TestTheSpecificationsExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats/frame.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "```\n")
	example, _, _ = strings.Cut(example, "```")
	var b []byte
	for line := range strings.Lines(example) {
		row, err := hex.DecodeString(strings.ReplaceAll(line[:47], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, row...)
	}
	got, err := Decode(b, roomy)
	want := &Frame{Rows: 2, Columns: []Column{
		{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Valid: []byte{1}, Ints: []int64{7, 0}},
		{Name: "s", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0, 1, 4}, Bytes: []byte("a影")},
	}}
	if err != nil || !sameFrame(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// The numbers of the kinds are part of the format.
func TestKindsHaveTheirNumbers(t *testing.T) {
	for i, k := range []coltype.Kind{
		coltype.Integer, coltype.Decimal, coltype.Double, coltype.Text, coltype.Date, coltype.Timestamp, coltype.Boolean,
	} {
		if int(k) != i+1 {
			t.Errorf("kind %d has the number %d in the specification", k, i+1)
		}
	}
}
