package cell

import (
	"bytes"
	"unicode/utf8"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// guess is what the cells of one column were, so far.
type guess struct {
	nulls   map[string]int64 // by spelling
	missing int64            // cells that are null, in any spelling
	values  int64
	fits    uint8 // bit k is set while every value is of the k-th probe
	zeros   bool  // some number begins with a zero that is no number's
	powers  bool  // some number is written with an exponent
	years   bool  // every value that is a date is one of this or the last century
	digits  int   // of the longest number before the point
	scale   int   // of the longest number after it
}

// The types that are tried, the strictest first.
const (
	tryBoolean = iota
	tryDate
	tryTimestamp
	tryInteger
	tryDouble
	tries
)

// What is guessed at the most: digits of a number that is no identifier, digits
// of a fraction that is no measurement, spellings of a column.
const (
	maxGuessDigits = 15
	maxGuessScale  = 6
	maxSpellings   = 16
)

// probes are one-row columns on which values are tried.
type probes struct {
	targets [tries]target
	parse   [tries]parser
}

func newProbes() (*probes, error) {
	p := new(probes)
	for i, t := range []coltype.Type{
		tryBoolean: {Kind: coltype.Boolean}, tryDate: {Kind: coltype.Date}, tryTimestamp: {Kind: coltype.Timestamp},
		tryInteger: {Kind: coltype.Integer}, tryDouble: {Kind: coltype.Double},
	} {
		var err error
		if p.targets[i], err = newTarget(abi.IngestColumn{Type: t}, 1); err != nil {
			return nil, err
		}
		p.parse[i] = parserOf(t)
	}
	return p, nil
}

func newGuess() guess { return guess{nulls: map[string]int64{}, fits: 1<<tries - 1, years: true} }

// null counts a cell that is written as none, and reports whether it is.
func (g *guess) null(cell []byte) bool {
	if !abi.IsNullSpelling(string(cell)) {
		return false
	}
	g.missing++
	if _, seen := g.nulls[string(cell)]; seen || len(g.nulls) < maxSpellings {
		g.nulls[string(cell)]++
	}
	return true
}

// see takes a cell into account.
func (g *guess) see(p *probes, cell []byte) {
	if g.null(cell) {
		return
	}
	g.values++
	var narrow [maxNarrow]byte
	if n := fold(&narrow, cell); n > 0 {
		cell = narrow[:n]
	}
	for i := range p.targets {
		if g.fits&(1<<i) == 0 {
			continue
		}
		if p.targets[i].put(p.parse[i], 0, cell) != "" {
			g.fits &^= 1 << i
		}
	}
	if g.fits&(1<<tryDate) != 0 {
		day := p.targets[tryDate].Days[0]
		g.years = g.years && day >= -25567 && day < 47482 // 1900 to 2099
	}
	if len(cell) == 1 && (cell[0] == '0' || cell[0] == '1') {
		g.fits &^= 1 << tryBoolean // a number as well
	}
	if g.fits&(1<<tryDouble) != 0 {
		whole, part, _ := bytes.Cut(cell, []byte{'.'})
		whole, _ = sign(whole)
		g.powers = g.powers || bytes.ContainsAny(cell, "eE")
		g.zeros = g.zeros || len(whole) > 1 && whole[0] == '0'
		g.digits, g.scale = max(g.digits, utf8.RuneCount(whole)), max(g.scale, len(part))
	}
}

// column is the type that all values have; the zero type if there were none. A
// long number, or one with a zero before it, is an identifier.
func (g *guess) column() coltype.Type {
	is := func(try int) bool { return g.fits&(1<<try) != 0 }
	identifier := g.zeros || g.digits > maxGuessDigits
	switch {
	case g.values == 0:
		return coltype.Type{}
	case is(tryBoolean):
		return coltype.Type{Kind: coltype.Boolean}
	case is(tryDate) && (g.years || !is(tryInteger)):
		return coltype.Type{Kind: coltype.Date}
	case is(tryTimestamp):
		return coltype.Type{Kind: coltype.Timestamp}
	case is(tryInteger) && !identifier:
		return coltype.Type{Kind: coltype.Integer}
	case is(tryDouble) && !identifier && !g.powers && g.scale <= maxGuessScale && g.digits+g.scale <= coltype.MaxPrecision:
		return coltype.Type{Kind: coltype.Decimal, Precision: coltype.MaxPrecision, Scale: uint8(g.scale)}
	case is(tryDouble) && !identifier:
		return coltype.Type{Kind: coltype.Double}
	}
	return coltype.Type{Kind: coltype.Text}
}

// maxHeaderName is the length of a name, in characters, beyond which a cell is
// prose.
const maxHeaderName = 64

// headerCell reports whether a cell may be the name of a column: it is no null,
// no number but a year, no time, and not too long. It may be empty, as that of a
// column of row numbers often is.
func headerCell(p *probes, cell []byte) bool {
	if len(cell) == 0 {
		return true
	}
	if abi.IsNullSpelling(string(cell)) || utf8.RuneCount(cell) > maxHeaderName {
		return false
	}
	year := len(cell) == 4 && (cell[0] == '1' || cell[0] == '2')
	for _, i := range []int{tryDate, tryTimestamp, tryDouble} {
		if !year && p.targets[i].put(p.parse[i], 0, cell) == "" {
			return false
		}
	}
	return true
}
