package cell

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"golang.org/x/text/unicode/norm"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// Sizes of the frames of an upload, which bound the memory of its cell and its
// parent: numbers of 32 MiB and text of 9 MiB. The cell holds three of them: one
// that is filled, one that is encoded, and its encoding.
const (
	defaultBatch  = 65536   // rows
	batchCells    = 4 << 20 // values: fewer rows where there are many columns
	batchText     = 8 << 20 // bytes of text after which a frame is sent early
	maxRecord     = 1 << 20 // bytes of a csv record, or of the text of one row
	quarantineCap = 65536   // rows of one quarantine frame
)

// target is one declared column while its rows are collected. Every slice has
// room for a whole batch, so that a row is undone by not counting it. A row that
// is not begun has a value and no text.
type target struct {
	abi.Column
	low, high int64 // of the numbers that the type takes
	nulls     []string
	lengths   uint64 // bit n is set if a spelling of null has n bytes, the last bit for more
	zone      zone
	required  bool
	folded    *int // counts the cells of the current row that were written in full width
}

func newTarget(c abi.IngestColumn, rows int) (target, error) {
	t := target{Column: abi.Column{Name: c.Name, Type: c.Type}, nulls: c.Nulls, required: c.Required, folded: new(int)}
	for _, null := range c.Nulls {
		t.lengths |= 1 << min(len(null), 63)
	}
	t.Valid = bytes.Repeat([]byte{0xff}, (rows+7)/8)
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

// isNull reports whether the cell is a declared spelling of null. Blanks around
// one do not make it a value.
func (t *target) isNull(cell []byte) bool {
	n := len(cell)
	if t.lengths&(1<<min(n, 63)) != 0 && t.isSpelling(cell) {
		return true
	}
	if n == 0 || cell[0] > ' ' && cell[0] < 0x80 && cell[n-1] > ' ' && cell[n-1] < 0x80 {
		return false
	}
	bare := trimBlanks(cell)
	return len(bare) < n && t.isSpelling(bare)
}

func (t *target) isSpelling(cell []byte) bool {
	for _, null := range t.nulls {
		if null == string(cell) {
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

// undo takes back what row was given.
func (t *target) undo(row int) {
	t.Valid[row>>3] |= 1 << (row & 7)
	if t.Type.Kind == coltype.Text {
		t.Bytes = t.Bytes[:t.Offsets[row]]
	}
}

// clear makes the column ready for another batch.
func (t *target) clear() {
	for i := range t.Valid {
		t.Valid[i] = 0xff
	}
	t.Bytes = t.Bytes[:0]
}

// batch collects rows into frames and keeps count of them.
type batch struct {
	out        *sender
	columns    []abi.IngestColumn
	targets    []target
	texts      []int // the targets of type text
	room       []int // bytes of text of each that the last batch had room for
	rows       int   // in the current frame
	limit      int   // rows of a full frame
	text       int   // bytes of text in the current frame
	kept       int64
	seen       int64 // rows read, kept or not
	wide       int   // cells of the current row that were written in full width
	folded     int64 // those of kept rows
	quarantine abi.Frame
}

// newBatch begins an upload. It must be stopped.
func newBatch(req *abi.IngestRequest, out *answers) (*batch, error) {
	b := &batch{columns: req.Columns, limit: req.BatchRows, room: make([]int, len(req.Columns))}
	if b.limit == 0 {
		b.limit = defaultBatch
	}
	b.limit = min(b.limit, batchCells/len(req.Columns))
	for i, c := range req.Columns {
		if c.Type.Kind == coltype.Text {
			b.texts = append(b.texts, i)
		}
	}
	var err error
	if b.targets, err = b.newTargets(); err != nil {
		return nil, err
	}
	b.out = newSender(out)
	b.clearQuarantine()
	return b, nil
}

// newTargets makes columns for a batch.
func (b *batch) newTargets() ([]target, error) {
	targets := make([]target, len(b.columns))
	for i, c := range b.columns {
		t, err := newTarget(c, b.limit)
		if err != nil {
			return nil, abi.Failure{Code: abi.FailRequest, At: i + 1}
		}
		t.folded = &b.wide
		t.Bytes = make([]byte, 0, b.room[i])
		targets[i] = t
	}
	return targets, nil
}

// keep counts the row that the targets now hold.
func (b *batch) keep(line int64) error {
	text := 0
	for _, i := range b.texts {
		t := &b.targets[i]
		text += int(t.Offsets[b.rows+1] - t.Offsets[b.rows])
	}
	if text > maxRecord {
		return b.reject(line, -1, abi.ReasonTooLong)
	}
	b.folded += int64(b.wide)
	b.wide = 0
	b.text += text
	b.seen++
	b.kept++
	b.rows++
	if b.rows == b.limit || b.text >= batchText {
		return b.flush()
	}
	return nil
}

// reject puts the row that the targets now hold, or hold in part, into
// quarantine instead. column is the index of its first bad value, -1 if the row
// as a whole is bad.
func (b *batch) reject(line int64, column int, why abi.Reason) error {
	name := ""
	if column >= 0 {
		name = b.targets[column].Name
	}
	for i := range b.targets {
		b.targets[i].undo(b.rows)
	}
	b.wide = 0
	b.seen++
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

// flush sends the rows that were collected and makes ready for more. The columns
// that it sends are the sender's until it gives them back; those of the batch
// before are filled meanwhile.
func (b *batch) flush() error {
	for i := range b.targets {
		b.room[i] = cap(b.targets[i].Bytes)
	}
	if err := b.send(); err != nil {
		return err
	}
	if b.targets = b.out.spare(); b.targets != nil {
		return nil
	}
	var err error
	b.targets, err = b.newTargets()
	return err
}

// send sends the rows that were collected, if there are any.
func (b *batch) send() error {
	if b.rows == 0 {
		return nil
	}
	f := abi.Frame{Rows: b.rows, Columns: make([]abi.Column, len(b.targets))}
	for i := range b.targets {
		f.Columns[i] = b.targets[i].first(b.rows)
	}
	b.rows, b.text = 0, 0
	return b.out.post(parcel{name: abi.StreamRows, frame: &f, targets: b.targets})
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
	f := b.quarantine
	b.clearQuarantine()
	return b.out.post(parcel{name: abi.StreamQuarantine, frame: &f})
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
	if err := b.send(); err != nil {
		return err
	}
	if err := b.flushQuarantine(); err != nil {
		return err
	}
	f := abi.Frame{Rows: 1}
	for i, v := range []int64{b.seen, b.kept, b.seen - b.kept, int64(extraColumns), b.folded} {
		name := []string{"rows_read", "rows_kept", "rows_quarantined", "extra_columns", "folded_cells"}[i]
		f.Columns = append(f.Columns, abi.Column{Name: name, Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{v}})
	}
	if err := b.out.post(parcel{name: abi.StreamSummary, frame: &f}); err != nil {
		return err
	}
	return b.out.stop()
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
