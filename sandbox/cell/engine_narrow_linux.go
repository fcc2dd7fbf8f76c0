//go:build cgo

package cell

import (
	"context"
	"fmt"
	"strings"
)

const (
	// sampled rows decide whether a text column repeats few values. Rows of a view
	// stand in a random order.
	sampled = 1 << 16
	// maxRepeated values in the sample make a column of codes.
	maxRepeated = 1 << 10
)

// narrow gives a select list of the columns of a source, in the smallest types
// that say the same: a text column of few values as codes (an ENUM, which reads
// as text wherever a statement does more than group by it), the ordinal of a subject in 4 bytes.
// A group-by over codes takes a fifth of the time, and ten million rows of
// two texts, an amount and an ordinal 260 MB instead of 570. The types that it makes
// have names that begin with prefix.
func (e *engine) narrow(prefix string, columns []string, source string) (string, error) {
	types, err := e.types(columns, source)
	if err != nil {
		return "", err
	}
	few, err := e.few(columns, types, source)
	if err != nil {
		return "", err
	}
	list := make([]string, len(columns))
	for i, name := range columns {
		as := ""
		switch {
		case few[i]:
			as = fmt.Sprintf("%s_%d", prefix, i)
			err = e.exec(fmt.Sprintf("CREATE TYPE %s AS ENUM (SELECT DISTINCT %s FROM %s WHERE %[2]s IS NOT NULL ORDER BY 1)", as, quoted(name), source))
		case strings.HasPrefix(name, hidden) && types[i] == "BIGINT":
			as = "UINTEGER"
		}
		if err != nil {
			return "", err
		}
		list[i] = quoted(name)
		if as != "" {
			list[i] = fmt.Sprintf("CAST(%s AS %s) AS %[1]s", quoted(name), as)
		}
	}
	return strings.Join(list, ", "), nil
}

// types gives the engine's type of each column.
func (e *engine) types(columns []string, source string) ([]string, error) {
	rows, err := e.db.QueryContext(context.Background(), "SELECT "+quotedList(columns)+" FROM "+source+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(found))
	for i, t := range found {
		names[i] = t.DatabaseTypeName()
	}
	return names, rows.Err()
}

// few tells which columns are text of few values, and of one at least.
func (e *engine) few(columns, types []string, source string) ([]bool, error) {
	out := make([]bool, len(columns))
	var texts, counts []string
	var at []int
	for i, name := range columns {
		if types[i] == "VARCHAR" {
			texts, counts, at = append(texts, quoted(name)), append(counts, "count(DISTINCT "+quoted(name)+")"), append(at, i)
		}
	}
	if len(texts) == 0 {
		return out, nil
	}
	n := make([]int64, len(texts))
	into := make([]any, len(texts))
	for i := range n {
		into[i] = &n[i]
	}
	row := e.db.QueryRowContext(context.Background(), fmt.Sprintf("SELECT %s FROM (SELECT %s FROM %s LIMIT %d)",
		strings.Join(counts, ", "), strings.Join(texts, ", "), source, sampled))
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	for i, n := range n {
		out[at[i]] = 0 < n && n <= maxRepeated
	}
	return out, nil
}
