package masking

import (
	"context"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/crypto"
	"yingbi/internal/coltype"
)

// The rule shuffle: a keyed permutation of one column's values over all rows, or over
// those that agree in another masked column. Nulls move as values do.
//
//	key    = HKDF-SM3(secret, salt = "column" 0x00 <data set> 0x00 <column>, "masking shuffle", 16 bytes)
//	stream = values of crypto.PRF under key, from 0 on
//	         the Fisher-Yates shuffle of each stratum's rows, in the order of the first rows of
//	         the strata: for i from n-1 down to 1, swap places i and ⌊next·(i+1) / 2^64⌋
//
// No place is drawn with a probability that is off by more than 2^-31 of it.
const shuffleLabel = "masking shuffle"

func compileShuffle(r *rule, in Column, s scope) (*overall, coltype.Type, error) {
	if r.has("within") && !named(s.columns, r.text("within")) {
		return nil, in.Type, r.errorAt("within", "data set %s has no column %q; it has %s", s.dataset, r.text("within"), columnNames(s.columns))
	}
	if r.text("within") == in.Name {
		return nil, in.Type, r.errorAt("within", "rows that agree in %s have nothing to shuffle", in.Name)
	}
	key := crypto.Derive(s.secret, []byte("column\x00"+s.dataset+"\x00"+in.Name), shuffleLabel, 16)
	return &overall{rule: r, key: key}, in.Type, nil
}

func named(columns []Column, name string) bool {
	for _, c := range columns {
		if c.Name == name {
			return true
		}
	}
	return false
}

// shuffling is one shuffled column.
type shuffling struct {
	column Column
	random *crypto.PRF
	kept   cells
	within *maskedColumn // in which rows agree
	strata *codes        // nil: over all rows
	from   []uint32      // after settle: whose value a row gets
}

// shuffle adds a column. A stratum that is not among the columns is none: nobody sees it.
func (s *survey) shuffle(c maskedColumn, columns []maskedColumn) (filled, error) {
	key, err := crypto.KeyFromBytes(c.overall.key)
	if err != nil {
		return nil, err
	}
	sh := &shuffling{column: c.in, kept: cells{t: c.in.Type}}
	if sh.random, err = crypto.NewPRF(key); err != nil {
		return nil, err
	}
	for i := range columns {
		if other := &columns[i]; other.out.Name == c.overall.rule.text("within") {
			if other.overall != nil {
				return nil, c.overall.rule.errorAt("within", "column %s is under the rule %s itself; its values are not known yet when %s is shuffled",
					other.in.Name, other.overall.rule.name, c.in.Name)
			}
			sh.within, sh.strata = other, &codes{book: newCodebook(other.out.Name)}
		}
	}
	s.parts = append(s.parts, sh)
	return sh, nil
}

func (s *shuffling) reads() []string {
	if s.within == nil {
		return []string{s.column.Name}
	}
	return append(s.within.reads(), s.column.Name)
}

func (s *shuffling) wipe() { s.kept, s.from, s.strata = cells{t: s.kept.t}, nil, nil }

func (s *shuffling) see(batch arrow.RecordBatch, first int64) (int64, error) {
	raw, err := rawColumn(batch, s.column)
	if err != nil {
		return 0, err
	}
	size, err := s.kept.see(raw, first)
	if err != nil || s.within == nil {
		return size, err
	}
	masked, err := s.within.mask(batch)
	if err != nil {
		return 0, err
	}
	defer masked.Release()
	more, err := s.strata.see(masked, first)
	return size + more, err
}

func (s *shuffling) settle(ctx context.Context, rows int64) error {
	s.kept.settle(rows)
	ordered := s.byStratum(rows) // rows of a stratum together, and rising
	s.from = make([]uint32, rows)
	stream := drawn{random: s.random}
	for start := 0; start < len(ordered); {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := s.endOf(ordered, start)
		stratum := ordered[start:end]
		moved := append([]uint32{}, stratum...)
		for i := len(moved) - 1; i > 0; i-- {
			j, _ := bits.Mul64(stream.next(), uint64(i)+1)
			moved[i], moved[j] = moved[j], moved[i]
		}
		for i, row := range stratum {
			s.from[row] = moved[i]
		}
		start = end
	}
	s.strata = nil
	return nil
}

// byStratum puts the rows by stratum, and the strata by their first rows.
func (s *shuffling) byStratum(rows int64) []uint32 {
	ordered := make([]uint32, rows)
	if s.within == nil {
		for row := range ordered {
			ordered[row] = uint32(row)
		}
		return ordered
	}
	s.strata.settle(rows)
	starts := make([]int, len(s.strata.counts))
	sum := 0
	for _, code := range s.strata.appearance() {
		starts[code], sum = sum, sum+int(s.strata.counts[code])
	}
	for row, code := range s.strata.of {
		ordered[starts[code]] = uint32(row)
		starts[code]++
	}
	return ordered
}

func (s *shuffling) endOf(ordered []uint32, start int) int {
	if s.within == nil {
		return len(ordered)
	}
	return start + int(s.strata.counts[s.strata.of[ordered[start]]])
}

func (s *shuffling) rows(first int64, n int) arrow.Array {
	return s.kept.array(n, func(i int) int64 { return int64(s.from[first+int64(i)]) })
}

// drawn gives the values of a PRF one by one.
type drawn struct {
	random *crypto.PRF
	values [512]uint64
	first  uint64
	at     int
}

func (d *drawn) next() uint64 {
	if d.at == 0 {
		d.random.Fill(d.values[:], d.first)
		d.first += uint64(len(d.values))
	}
	v := d.values[d.at]
	d.at = (d.at + 1) % len(d.values)
	return v
}
