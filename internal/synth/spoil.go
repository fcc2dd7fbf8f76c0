package synth

import "slices"

// Reasons for which ingest quarantines a row, as it spells them.
const (
	ragged         = "ragged"
	malformedQuote = "malformed-quote"
	unparsable     = "unparsable"
	impossibleDate = "impossible-date"
	missingValue   = "missing-value"
	missingSubject = "missing_subject"
)

// spoilt is a row that must be quarantined. It follows the rows of the person or the
// enterprise of that number, in every city.
type spoilt struct {
	after  int // below minPeople
	column string
	reason string
	spoil  func(row []string) []string // of good cells
}

// set gives a spoil that changes one cell.
func set(column int, value string) func([]string) []string {
	return func(row []string) []string {
		row[column] = value
		return row
	}
}

// cut gives a spoil after which n cells are left.
func cut(n int) func([]string) []string { return func(row []string) []string { return row[:n] } }

// more gives a spoil that adds cells.
func more(cells ...string) func([]string) []string {
	return func(row []string) []string { return append(row, cells...) }
}

// spoiltOf lists the rows of a file, in the order of their place.
func spoiltOf(file string) []spoilt {
	switch file {
	case PopulationFile:
		return []spoilt{
			{110, "birth", impossibleDate, set(3, "1987-02-30")},
			{115, "birth", missingValue, set(3, "")},
			{120, "person", missingSubject, set(0, "")},
			{130, "", ragged, cut(6)},
		}
	case ClaimsFile:
		return []spoilt{
			{111, "visit_date", impossibleDate, set(5, "2024-13-01")},
			{121, "visit_date", unparsable, set(5, "三月八日")},
			{131, "cost", unparsable, set(6, "约三百")},
			{141, "cost", unparsable, set(6, "120.00元")},
			{151, "person", missingSubject, set(1, "")},
			{161, "", ragged, more("备注")},
			{171, "", ragged, cut(4)},
		}
	case EnterprisesFile:
		return []spoilt{
			{112, "revenue", unparsable, set(4, "约三亿")},
			{122, "uscc", missingSubject, set(0, "")},
			{132, "", ragged, more("", "")},
		}
	case ElectricityFile:
		return []spoilt{
			{113, "month", impossibleDate, set(4, "2024-02-30")},
			{123, "kwh", unparsable, set(5, "停电")},
			{133, "household", missingSubject, set(1, "")},
			{143, "", ragged, cut(5)},
		}
	}
	return nil
}

// row spoils a good row. The row itself stays.
func (s spoilt) row(good []string) []string { return s.spoil(slices.Clone(good)) }
