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
	Class    string            `json:"class,omitempty"` // asserted, where nobody has computed it again
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
	shown := visible(t.Measures)
	for _, m := range shown {
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
			row = slices.Repeat([]Value{{Mark: Suppressed}}, len(shown))
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
	for i, m := range visible(t.Measures) {
		if m.Strata != nil {
			made, _ := c.made(m, p.Base)
			out = append(out, Value{Text: roundDigits(made, p.Digits)})
			continue
		}
		out = append(out, Value{Text: p.figure(m, c.Figures[i], c.Rows)})
	}
	return out
}

// visible are the measures that are published: strata of standardised rates come last.
func visible(measures []manifest.Measure) []manifest.Measure {
	if i := slices.IndexFunc(measures, func(m manifest.Measure) bool { return m.Hidden }); i >= 0 {
		return measures[:i]
	}
	return measures
}

// made gives the figure that is made of strata: of a rate the mean of their shares by
// their weights, of a survival the product of what is left in each interval, from counts
// that are rounded to multiples of base.
func (c *Cell) made(m manifest.Measure, base int64) (*big.Rat, bool) {
	rate, weights, left := new(big.Rat), new(big.Rat), big.NewRat(1, 1)
	for _, s := range m.Strata {
		f := &c.Figures[s.Measure]
		hits, misses := roundCount(f.Hits, base), roundCount(f.Misses, base)
		if hits+misses == 0 {
			return rate, false
		}
		left.Mul(left, ratio(misses, hits+misses))
		if w, ok := new(big.Rat).SetString(s.Weight); ok {
			weights.Add(weights, w)
			rate.Add(rate, w.Mul(w, ratio(hits, hits+misses)))
		}
	}
	if m.Kind == manifest.Survival {
		return left, true
	}
	if weights.Sign() == 0 {
		return rate, false
	}
	return percent(rate.Quo(rate, weights), m.Base), true
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
	case manifest.Share, manifest.Rate:
		f.Hits, f.Misses = roundCount(f.Hits, p.Base), roundCount(f.Misses, p.Base)
	}
	exact, _ := Exact(m, f, rows)
	return roundDigits(exact, p.digits(m))
}

// digits of a figure. An index of many digits would tell the largest parts.
func (p Preset) digits(m manifest.Measure) int {
	if m.Kind == manifest.HHI {
		return min(2, p.Digits)
	}
	return p.Digits
}

// Exact is a figure before rounding; a sum, mean or share of nothing is none.
func Exact(m manifest.Measure, f Figure, rows int64) (*big.Rat, bool) {
	switch m.Kind {
	case manifest.Subjects:
		return big.NewRat(f.Distinct, 1), true
	case manifest.Count:
		return big.NewRat(rows, 1), true
	case manifest.Sum:
		return f.Sum.or0(), f.Sum.rat != nil
	case manifest.Mean:
		return new(big.Rat).Mul(f.Sum.or0(), ratio(1, f.Count)), f.Sum.rat != nil
	case manifest.Share:
		return ratio(f.Hits, f.Hits+f.Misses), f.Hits+f.Misses > 0
	case manifest.Rate:
		return percent(ratio(f.Hits, f.Hits+f.Misses), m.Base), f.Hits+f.Misses > 0
	case manifest.SD:
		return root(new(big.Rat).Mul(f.Extra.or0(), ratio(1, f.Count-1))), f.Extra.rat != nil && f.Count > 1
	case manifest.Ratio:
		if f.Sum.rat == nil || f.Extra.or0().Sign() == 0 {
			return new(big.Rat), false
		}
		return new(big.Rat).Quo(f.Sum.rat, f.Extra.rat), true
	}
	return f.Extra.or0(), f.Extra.rat != nil
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
		{manifest.Median, "a median has %d significant digits · 中位数保留 %d 位有效数字"},
		{manifest.Quantile, "a quantile lies on a straight line between two neighbouring values and has %d significant digits · 分位数在相邻两值间线性内插，保留 %d 位有效数字"},
		{manifest.SD, "a standard deviation is of the sample (n−1), to %d significant digits · 标准差为样本标准差（n−1），保留 %d 位有效数字"},
		{manifest.Ratio, "a ratio is of the exact sums over rows with both values, to %d significant digits · 比值为两列均有值的行的总和之比，保留 %d 位有效数字"},
		{manifest.Rate, "a rate is computed from rounded counts, to %d significant digits · 率由取整后的计数得出，保留 %d 位有效数字"},
		{manifest.Standardised, "a standardised rate is the weighted mean of the rates of all strata, from rounded counts, to %d significant digits · 标化率为各层率按标准构成加权平均，由取整后的计数得出，保留 %d 位有效数字"},
		{manifest.Survival, "a survival is the Kaplan–Meier estimate at the last bound, from rounded counts at risk in each interval, to %d significant digits · 生存率为末个时点的 Kaplan–Meier 估计，由各区间取整后的风险集计数得出，保留 %d 位有效数字"},
		{manifest.HHI, "a Herfindahl index is between 0 and 1 and has %d significant digits · 赫芬达尔指数介于 0 与 1 之间，保留 %d 位有效数字"},
		{manifest.Share, "a share is computed from rounded counts, to %d significant digits · 占比由取整后的计数得出，保留 %d 位有效数字"},
	} {
		if slices.ContainsFunc(visible(t.Measures), func(m manifest.Measure) bool { return m.Kind == n.kind }) {
			out = append(out, fmt.Sprintf(n.text, p.digits(manifest.Measure{Kind: n.kind}), p.digits(manifest.Measure{Kind: n.kind})))
		}
	}
	return out
}
