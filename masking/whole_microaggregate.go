package masking

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"runtime"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"golang.org/x/sync/errgroup"

	"yingbi/internal/coltype"
)

// The rule microaggregate: the rows are put into groups of k or more near ones, and
// each value becomes the mean or the median of its group.

func checkMicroaggregate(r *rule) error {
	if r.count("k") < 2 {
		return r.errorAt("k", "a group of one row hides nothing; want k of 2 or more")
	}
	if c := r.text("centroid"); r.has("centroid") && c != "mean" && c != "median" {
		return r.errorAt("centroid", "want mean or median, found %q", c)
	}
	return nil
}

func compileMicroaggregate(r *rule, in Column, _ scope) (*overall, coltype.Type, error) {
	if !in.Type.Numeric() && in.Type.Kind != coltype.Date {
		return nil, in.Type, r.misfit(in, "an integer, decimal, double or date")
	}
	return &overall{rule: r}, in.Type, nil
}

// maxTogether bounds the columns of a group: patterns of nulls are told apart by 16 bits.
const maxTogether = 16

// aggregation is the columns that are aggregated together.
type aggregation struct {
	rule    *rule // of the first column; the others agree
	columns []Column
	cells   []*cells
}

// join adds a column to the aggregation of its group, or to a new one.
func (s *survey) aggregate(c maskedColumn) (filled, error) {
	r := c.overall.rule
	var a *aggregation
	for _, p := range s.parts {
		if other, ok := p.(*aggregation); ok && r.has("group") && other.rule.text("group") == r.text("group") {
			a = other
		}
	}
	if a == nil {
		a = &aggregation{rule: r}
		s.parts = append(s.parts, a)
	}
	if a.rule.count("k") != r.count("k") || a.rule.text("centroid") != r.text("centroid") {
		return nil, r.errorAt("group", "columns %s and %s are of group %q; give both the same k and centroid", a.columns[0].Name, c.in.Name, r.text("group"))
	}
	if len(a.columns) == maxTogether {
		return nil, r.errorAt("group", "a group has at most %d columns", maxTogether)
	}
	kept := &cells{t: c.in.Type}
	a.columns, a.cells = append(a.columns, c.in), append(a.cells, kept)
	return inPlace{kept}, nil
}

// inPlace gives cells where they stand.
type inPlace struct{ *cells }

func (p inPlace) rows(first int64, n int) arrow.Array {
	return p.array(n, func(i int) int64 { return first + int64(i) })
}

func (a *aggregation) reads() (names []string) {
	for _, c := range a.columns {
		names = append(names, c.Name)
	}
	return names
}

func (a *aggregation) wipe() {
	for _, c := range a.cells {
		c.pieces, c.values, c.valid = nil, nil, nil
	}
}

func (a *aggregation) see(batch arrow.RecordBatch, first int64) (size int64, err error) {
	for i, c := range a.columns {
		raw, err := rawColumn(batch, c)
		if err != nil {
			return 0, err
		}
		n, err := a.cells[i].see(raw, first)
		if err != nil {
			return 0, err
		}
		size += n
	}
	return size, nil
}

func (a *aggregation) settle(ctx context.Context, rows int64) error {
	for _, c := range a.cells {
		c.settle(rows)
	}
	for pattern, rows := range a.patterns(rows) {
		var columns []int
		for c := range a.columns {
			if pattern>>c&1 != 0 {
				columns = append(columns, c)
			}
		}
		if err := a.group(ctx, columns, rows); err != nil {
			return err
		}
	}
	return nil
}

// patterns tells the rows by which of their columns have a value; rows without any
// are left out. NaN and infinities have no mean: they become null.
func (a *aggregation) patterns(rows int64) map[uint16][]uint32 {
	byPattern := map[uint16][]uint32{}
	for row := range uint32(rows) {
		pattern := uint16(0)
		for c, cells := range a.cells {
			if !cells.valid.has(int(row)) {
				continue
			}
			if v := a.value(c, row); math.IsNaN(v) || math.IsInf(v, 0) {
				cells.null(row)
				continue
			}
			pattern |= 1 << c
		}
		if pattern != 0 {
			byPattern[pattern] = append(byPattern[pattern], row)
		}
	}
	return byPattern
}

func (c *cells) null(row uint32) { c.valid[row/8] &^= 1 << (row % 8) }

// value gives a cell as a double; of a decimal, in units of its last digit.
func (a *aggregation) value(c int, row uint32) float64 {
	v := a.cells[c].values[row]
	if a.cells[c].t.Kind == coltype.Double {
		return math.Float64frombits(uint64(v))
	}
	return float64(v)
}

// group forms the groups of rows that have a value in the same columns. Rows that are
// too few for one group lose their values.
func (a *aggregation) group(ctx context.Context, columns []int, rows []uint32) error {
	k := a.rule.count("k")
	if len(rows) < k {
		for _, row := range rows {
			for _, c := range columns {
				a.cells[c].null(row)
			}
		}
		return nil
	}
	if len(columns) == 1 {
		mdavOfLine(func(row uint32) float64 { return a.value(columns[0], row) }, rows, k, func(group []uint32) { a.centre(columns, group) })
		return ctx.Err()
	}
	scale := make([]float64, len(columns))
	for i, c := range columns {
		if v := variance(rows, func(row uint32) float64 { return a.value(c, row) }); v > 0 {
			scale[i] = 1 / math.Sqrt(v)
		}
	}
	standard := func(i int, row uint32) float64 { return a.value(columns[i], row) * scale[i] }
	var workers errgroup.Group
	workers.SetLimit(min(runtime.GOMAXPROCS(0), 4))
	for _, block := range blocksOf(rows, len(columns), standard) {
		workers.Go(func() error {
			a.mdav(columns, block, standard)
			return ctx.Err()
		})
	}
	return workers.Wait()
}

// mdav groups the rows of one block. Blocks have no row in common, so they may be done
// at the same time.
func (a *aggregation) mdav(columns []int, block []uint32, standard func(int, uint32) float64) {
	p := points{d: len(columns), of: make([]float64, 0, len(block)*len(columns))}
	for _, row := range block {
		for i := range columns {
			p.of = append(p.of, standard(i, row))
		}
	}
	var rows []uint32
	mdav(p, a.rule.count("k"), func(group []int32) {
		rows = rows[:0]
		for _, i := range group {
			rows = append(rows, block[i])
		}
		a.centre(columns, rows)
	})
}

// centre gives all rows of a group the same values.
func (a *aggregation) centre(columns []int, rows []uint32) {
	of := make([]int64, len(rows))
	for _, c := range columns {
		values := a.cells[c].values
		for i, row := range rows {
			of[i] = values[row]
		}
		v := a.centroid(a.cells[c].t, of)
		for _, row := range rows {
			values[row] = v
		}
	}
}

// centroid reorders the values. The median of an even count is the lower of the two in
// the middle, so it is a value that somebody has.
func (a *aggregation) centroid(t coltype.Type, values []int64) int64 {
	double := t.Kind == coltype.Double
	if a.rule.text("centroid") == "median" {
		slices.SortFunc(values, func(x, y int64) int {
			if double {
				return cmp.Compare(math.Float64frombits(uint64(x)), math.Float64frombits(uint64(y)))
			}
			return cmp.Compare(x, y)
		})
		return values[(len(values)-1)/2]
	}
	if double {
		return int64(math.Float64bits(meanOfDoubles(values)))
	}
	return meanOfWhole(values)
}

func meanOfDoubles(values []int64) float64 {
	n, sum, parts := float64(len(values)), 0.0, 0.0
	for _, v := range values {
		f := math.Float64frombits(uint64(v))
		sum += f
		parts += f / n
	}
	if math.IsInf(sum, 0) { // the sum is too large, the mean is not
		return parts
	}
	return sum / n
}

// meanOfWhole is exact, and half goes away from zero, as under round.
func meanOfWhole(values []int64) int64 {
	var high, low uint64 // the sum, in 128 bits
	for _, v := range values {
		var carry uint64
		low, carry = bits.Add64(low, uint64(v), 0)
		high, _ = bits.Add64(high, uint64(v>>63), carry)
	}
	negative := int64(high) < 0
	if negative {
		var borrow uint64
		low, borrow = bits.Sub64(0, low, 0)
		high, _ = bits.Sub64(0, high, borrow)
	}
	n := uint64(len(values))
	mean, rest := bits.Div64(high, low, n)
	if rest >= n-rest {
		mean++
	}
	if negative {
		return -int64(mean)
	}
	return int64(mean)
}
