package egress

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"yingbi/internal/coltype"
	"yingbi/manifest"
)

// Published is a table as it leaves: rounded, with failing and empty cells alike.
type Published struct {
	Name     string            `json:"name"`
	Columns  []PublishedColumn `json:"columns"`
	Rows     [][]Value         `json:"rows"`
	Complete bool              `json:"complete"` // every combination of the key values is listed
	Notes    []string          `json:"notes"`    // how to read the figures
}

// PublishedColumn is one column of a published table.
type PublishedColumn struct {
	Name  string       `json:"name"`
	Title string       `json:"title"`
	Type  coltype.Type `json:"type"`
	Key   bool         `json:"key,omitempty"`
}

// publish makes the table that leaves. Which rows it lists follows from the
// manifest and from published cells alone: a key value that occurs only in
// withheld cells is not shown, and an empty cell is shown as a withheld one.
func (p Preset) publish(t *Table, cells []CellReport) *Published {
	out := &Published{Name: t.Name, Rows: [][]Value{}, Notes: p.notes(t)}
	for _, k := range t.Keys {
		out.Columns = append(out.Columns, PublishedColumn{Name: k.Name, Title: k.Title, Type: k.Type, Key: true})
	}
	for _, m := range t.Measures {
		typ := coltype.Type{Kind: coltype.Integer}
		if m.Kind >= manifest.Sum {
			typ.Kind = coltype.Double
		}
		out.Columns = append(out.Columns, PublishedColumn{Name: m.Name, Title: m.Name, Type: typ})
	}
	figures := map[string][]Value{}
	var kept [][]Value
	for _, c := range cells {
		if c.Verdict == Publish {
			figures[keyText(c.Keys)] = p.figures(t, &c.Cell)
			kept = append(kept, c.Keys)
		}
	}
	var keys [][]Value
	if keys, out.Complete = grid(t.Keys, kept); !out.Complete {
		out.Notes = append(out.Notes, "combinations of key values that are not listed are withheld, or empty · 未列出的组合为隐去或本为空")
	}
	for _, k := range keys {
		row, ok := figures[keyText(k)]
		if !ok {
			row = slices.Repeat([]Value{{Mark: Suppressed}}, len(t.Measures))
		}
		out.Rows = append(out.Rows, append(slices.Clone(k), row...))
	}
	return out
}

// grid lists every combination of the key values that published cells or the
// manifest name, in order; or the published cells alone where the combinations
// are too many to be worth listing.
func grid(keys []manifest.Key, kept [][]Value) (rows [][]Value, complete bool) {
	rows = [][]Value{{}}
	for i, k := range keys {
		values := axis(k, kept, i)
		if len(rows)*len(values) > 4*len(kept)+100 {
			return sortRows(keys, kept), false
		}
		var wider [][]Value
		for _, row := range rows {
			for _, v := range values {
				wider = append(wider, append(slices.Clone(row), v))
			}
		}
		rows = wider
	}
	return rows, true
}

// axis lists the values of one key.
func axis(k manifest.Key, kept [][]Value, i int) []Value {
	var out []Value
	for _, d := range k.Domain {
		out = append(out, Value{Text: d})
	}
	seen := map[Value]bool{}
	for _, v := range out {
		seen[v] = true
	}
	for _, row := range kept {
		if !seen[row[i]] {
			seen[row[i]] = true
			out = append(out, row[i])
		}
	}
	slices.SortFunc(out, func(a, b Value) int { return order(k, a, b) })
	return out
}

func sortRows(keys []manifest.Key, rows [][]Value) [][]Value {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b []Value) int {
		for i, k := range keys {
			if c := order(k, a[i], b[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return rows
}

// figures rounds one cell's measures.
func (p Preset) figures(t *Table, c *Cell) []Value {
	var out []Value
	for i, m := range t.Measures {
		out = append(out, Value{Text: p.figure(m, c.Figures[i], c.Rows)})
	}
	return out
}

// figure rounds so that the parts of a cell fit together and the exact count
// behind them cannot be had by dividing one by another: a mean is exact before
// rounding, a sum is that mean times the rounded count, and a share is of rounded
// counts.
func (p Preset) figure(m manifest.Measure, f Figure, rows int64) string {
	switch m.Kind {
	case manifest.Subjects:
		return strconv.FormatInt(roundCount(f.Distinct, p.Base), 10)
	case manifest.Count:
		return strconv.FormatInt(roundCount(rows, p.Base), 10)
	case manifest.Sum:
		return roundDigits(new(big.Rat).Mul(f.Sum.or0(), ratio(roundCount(f.Count, p.Base), f.Count)), p.Digits)
	case manifest.Mean:
		return roundDigits(new(big.Rat).Mul(f.Sum.or0(), ratio(1, f.Count)), p.Digits)
	}
	hits, misses := roundCount(f.Hits, p.Base), roundCount(f.Misses, p.Base)
	return roundDigits(ratio(hits, hits+misses), p.Digits)
}

// ratio is a/b; a published cell has rows, so b is not zero.
func ratio(a, b int64) *big.Rat { return big.NewRat(a, max(b, 1)) }

// notes says to a reader, in both languages, how the figures were made.
func (p Preset) notes(t *Table) []string {
	out := []string{
		"suppressed: withheld to protect the subjects behind the figure, or empty; the two are not told apart · suppressed 表示为保护主体而隐去，或本为空，二者不加区分",
		fmt.Sprintf("counts are rounded to the nearest multiple of %d · 计数取最接近的 %d 的倍数", p.Base, p.Base),
	}
	for _, n := range []struct {
		kind manifest.MeasureKind
		text string
	}{
		{manifest.Sum, "a sum is the mean times the rounded count, to %d significant digits · 总和为均值乘以取整后的计数，保留 %d 位有效数字"},
		{manifest.Mean, "a mean has %d significant digits · 均值保留 %d 位有效数字"},
		{manifest.Share, "a share is computed from rounded counts, to %d significant digits · 占比由取整后的计数得出，保留 %d 位有效数字"},
	} {
		if slices.ContainsFunc(t.Measures, func(m manifest.Measure) bool { return m.Kind == n.kind }) {
			out = append(out, fmt.Sprintf(n.text, p.Digits, p.Digits))
		}
	}
	return out
}
