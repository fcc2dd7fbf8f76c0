package cell

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/text/unicode/norm"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// Sizes of the frames of an upload, which bound the memory of its cell and its
// parent: numbers of 32 MiB and text of 9 MiB.
const (
	defaultBatch  = 65536   // rows
	batchCells    = 4 << 20 // values: fewer rows where there are many columns
	batchText     = 8 << 20 // bytes of text after which a frame is sent early
	maxRecord     = 1 << 20 // bytes of a csv record, or of the text of one row
	quarantineCap = 65536   // rows of one quarantine frame
)

// target is one declared column while its rows are collected. Every slice has
// room for a whole batch, so that a row is undone by not counting it.
type target struct {
	abi.Column
	low, high int64 // of the numbers that the type takes
	nulls     []string
	zone      zone
	required  bool
}

func newTarget(c abi.IngestColumn, rows int) (target, error) {
	t := target{Column: abi.Column{Name: c.Name, Type: c.Type}, nulls: c.Nulls, required: c.Required}
	t.Valid = make([]byte, (rows+7)/8)
	t.low, t.high = math.MinInt64, math.MaxInt64
	switch c.Type.Kind {
	case coltype.Decimal:
		t.high = pow10[c.Type.Precision] - 1
		t.low = -t.high
		t.Ints = make([]int64, rows)
	case coltype.Double:
		t.Floats = make([]float64, rows)
	case coltype.Text:
		t.Offsets = make([]uint32, rows+1)
	case coltype.Date:
		t.low, t.high = firstDay, lastDay
		t.Days = make([]int32, rows)
	case coltype.Boolean:
		t.Bools = make([]byte, rows)
	case coltype.Timestamp:
		t.low, t.high = firstDay*dayMicros, (lastDay+1)*dayMicros-1
		t.Ints = make([]int64, rows)
		return t, t.zone.load(c.Zone)
	default:
		t.Ints = make([]int64, rows)
	}
	return t, nil
}

func (t *target) isNull(cell []byte) bool {
	for _, null := range t.nulls {
		if len(null) == len(cell) && null == string(cell) {
			return true
		}
	}
	return false
}

// putNull gives row no value.
func (t *target) putNull(row int) abi.Reason {
	if t.required {
		return abi.ReasonMissing
	}
	t.Valid[row>>3] &^= 1 << (row & 7)
	if t.Type.Kind == coltype.Text {
		t.Offsets[row+1] = t.Offsets[row]
	}
	return ""
}

// putInt gives row a number in the unit of the type.
func (t *target) putInt(row int, v int64) abi.Reason {
	if v < t.low || v > t.high {
		return abi.ReasonRange
	}
	if t.Type.Kind == coltype.Date {
		t.Days[row] = int32(v)
	} else {
		t.Ints[row] = v
	}
	return ""
}

// begin makes row ready: it has a value, and no text yet.
func (t *target) begin(row int) {
	t.Valid[row>>3] |= 1 << (row & 7)
	if t.Type.Kind == coltype.Text {
		t.Bytes = t.Bytes[:t.Offsets[row]]
	}
}

// batch collects rows into frames and keeps count of them.
type batch struct {
	out        *answers
	targets    []target
	rows       int // in the current frame
	limit      int // rows of a full frame
	text       int // bytes of text in the current frame
	kept       int64
	seen       int64 // rows read, kept or not
	quarantine abi.Frame
}

func newBatch(req *abi.IngestRequest, out *answers) (*batch, error) {
	b := &batch{out: out, limit: req.BatchRows, targets: make([]target, len(req.Columns))}
	if b.limit == 0 {
		b.limit = defaultBatch
	}
	b.limit = min(b.limit, batchCells/len(req.Columns))
	for i, c := range req.Columns {
		t, err := newTarget(c, b.limit)
		if err != nil {
			return nil, abi.Failure{Code: abi.FailRequest, At: i + 1}
		}
		b.targets[i] = t
	}
	b.clearQuarantine()
	return b, nil
}

// begin makes ready for the next row.
func (b *batch) begin() {
	b.seen++
	for i := range b.targets {
		b.targets[i].begin(b.rows)
	}
}

// keep counts the row that begin made ready and the targets now hold.
func (b *batch) keep(line int64) error {
	text := 0
	for i := range b.targets {
		if t := &b.targets[i]; t.Type.Kind == coltype.Text {
			text += int(t.Offsets[b.rows+1] - t.Offsets[b.rows])
		}
	}
	if text > maxRecord {
		return b.reject(line, -1, abi.ReasonTooLong)
	}
	b.text += text
	b.kept++
	b.rows++
	if b.rows == b.limit || b.text >= batchText {
		return b.flush()
	}
	return nil
}

// reject puts the row that begin made ready into quarantine instead. column is
// the index of its first bad value, -1 if the row as a whole is bad.
func (b *batch) reject(line int64, column int, why abi.Reason) error {
	name := ""
	if column >= 0 {
		name = b.targets[column].Name
	}
	q := b.quarantine.Columns
	q[0].Ints = append(q[0].Ints, b.seen)
	q[1].Ints = append(q[1].Ints, line)
	appendText(&q[2], name)
	appendText(&q[3], string(why))
	b.quarantine.Rows++
	if b.quarantine.Rows == quarantineCap {
		return b.flushQuarantine()
	}
	return nil
}

func appendText(c *abi.Column, s string) {
	c.Bytes = append(c.Bytes, s...)
	c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
}

// flush sends the rows that were collected.
func (b *batch) flush() error {
	if b.rows == 0 {
		return nil
	}
	f := abi.Frame{Rows: b.rows, Columns: make([]abi.Column, len(b.targets))}
	for i := range b.targets {
		f.Columns[i] = b.targets[i].first(b.rows)
	}
	b.rows, b.text = 0, 0
	return b.out.frame(abi.StreamRows, &f)
}

// first gives the column's first n rows.
func (t *target) first(n int) abi.Column {
	c := t.Column
	c.Valid = c.Valid[:(n+7)/8]
	switch c.Type.Kind {
	case coltype.Double:
		c.Floats = c.Floats[:n]
	case coltype.Text:
		c.Offsets, c.Bytes = c.Offsets[:n+1], c.Bytes[:c.Offsets[n]]
	case coltype.Date:
		c.Days = c.Days[:n]
	case coltype.Boolean:
		c.Bools = c.Bools[:n]
	default:
		c.Ints = c.Ints[:n]
	}
	return c
}

func (b *batch) flushQuarantine() error {
	if b.quarantine.Rows == 0 {
		return nil
	}
	err := b.out.frame(abi.StreamQuarantine, &b.quarantine)
	b.clearQuarantine()
	return err
}

func (b *batch) clearQuarantine() {
	integer, text := coltype.Type{Kind: coltype.Integer}, coltype.Type{Kind: coltype.Text}
	b.quarantine = abi.Frame{Columns: []abi.Column{
		{Name: "row", Type: integer}, {Name: "line", Type: integer},
		{Name: "column", Type: text, Offsets: []uint32{0}}, {Name: "reason", Type: text, Offsets: []uint32{0}},
	}}
}

// finish sends what is left, and the summary.
func (b *batch) finish(extraColumns int) error {
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.flushQuarantine(); err != nil {
		return err
	}
	f := abi.Frame{Rows: 1}
	for i, v := range []int64{b.seen, b.kept, b.seen - b.kept, int64(extraColumns)} {
		name := []string{"rows_read", "rows_kept", "rows_quarantined", "extra_columns"}[i]
		f.Columns = append(f.Columns, abi.Column{Name: name, Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{v}})
	}
	return b.out.frame(abi.StreamSummary, &f)
}

// match finds the declared columns among the names of a file, all in composed
// characters (NFC).
func match(req *abi.IngestRequest, names []string) ([]int, error) {
	composed := make([]string, len(names))
	for i, name := range names {
		composed[i] = norm.NFC.String(name)
	}
	at := make([]int, len(req.Columns))
	for i, c := range req.Columns {
		want := norm.NFC.String(cmp.Or(c.Source, c.Name))
		at[i] = slices.Index(composed, want)
		if at[i] < 0 {
			return nil, abi.Failure{Code: abi.FailMissingColumn, At: i + 1}
		}
		if slices.Contains(composed[at[i]+1:], want) {
			return nil, abi.Failure{Code: abi.FailAmbiguousColumn, At: i + 1}
		}
	}
	return at, nil
}

// extra counts the columns of a file that nobody declared.
func extra(columns int, matched []int) int {
	distinct := slices.Compact(slices.Sorted(slices.Values(matched)))
	return columns - len(distinct)
}
