package history

import (
	"context"
	"encoding/binary"

	"github.com/RoaringBitmap/roaring/v2"

	"yingbi/egress/differencing"
)

// splits say which sets are added up by their parts: numbers of rows, and other numbers.
var splits = []func(*Set) bool{
	func(s *Set) bool { return s.Parts > 0 && s.Class.counts() },
	func(s *Set) bool { return s.Parts > 0 && s.Class == Value },
}

// The figures of one search: of more over few subjects chance makes too many combinations.
const (
	maxSplits = 1000
	perFigure = 8 // subjects
	minSplits = 60
)

// split looks for figures among which the rows of subjects are divided.
func (a *audit) split(ctx context.Context, in func(*Set) bool) error {
	subjects := roaring.New()
	for _, r := range append([]*Release{a.fresh}, a.earlier...) {
		each(r, in, func(r row) { subjects.Or(r.group()) })
	}
	most := min(a.cfg.MaxSets, maxSplits, max(minSplits, int(subjects.GetCardinality())/perFigure))
	rows, left := a.rows(in, most)
	a.verdict.LeftOut += left
	cells := make([]differencing.Cell, len(rows))
	for i, r := range rows {
		var err error
		if cells[i], err = parts(r); err != nil {
			return err
		}
	}
	return a.settle(ctx, rows, cells, differencing.Config{K: a.cfg.K, Seed: a.cfg.Seed}, differencing.Splits)
}

// parts are those of a set who have one, with it.
func parts(r row) (out differencing.Cell, err error) {
	b, err := r.release.partsOf(&r.release.Cells[r.cell], r.set)
	if err != nil {
		return out, err
	}
	var who []uint32
	r.group().Iterate(func(subject uint32) bool {
		p := binary.LittleEndian.Uint64(b)
		if b = b[8:]; p != 0 {
			who, out.Values = append(who, subject), append(out.Values, p)
		}
		return true
	})
	for _, p := range out.Values {
		if p >= differencing.Prime {
			return out, errBroken
		}
	}
	out.Members = roaring.BitmapOf(who...)
	return out, nil
}
