package check

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/fault"
)

// maxCells bounds a table, empty cells and totals included.
const maxCells = 200_000

// group is a cell of the table with its rows of the file.
type group struct {
	row, col []string
	total    bool // of a row, of a column or of all
	rows     []int32
}

// axis is one side of a table: its combinations of keys in order, and which one each
// row of the file has.
type axis struct {
	tuples [][]string
	of     []int32
}

// groups lays the table out: every combination of rows that there is with every
// combination of columns, in order, totals last. ACRO lays out all that the keys of a side
// could make, those that no row has too: it asks pandas for dropna=False. Where a table has
// no columns, its masks have the combinations that there are, as here.
func (d *Data) groups() ([]group, error) {
	o := &d.spec.Operation
	var keys []*column
	for _, name := range slices.Concat(o.Rows, o.Cols) {
		keys = append(keys, d.columns[name])
	}
	keyed := make([]bool, d.rows)
	for r := range keyed {
		keyed[r] = complete(keys, r)
	}
	down, across := d.axis(o.Rows, keyed), d.axis(o.Cols, keyed)
	if d.spec.Preset == ACRO && len(o.Cols) > 0 {
		for _, a := range []*axis{&down, &across} {
			if err := a.complete(); err != nil {
				return nil, err
			}
		}
	}
	down.sort(d.compares(o.Rows))
	across.sort(d.compares(o.Cols))
	height, width := len(down.tuples), len(across.tuples)
	if o.Margins {
		down.tuples = append(down.tuples, totalOf(o.MarginsName, len(o.Rows)))
		if len(o.Cols) > 0 {
			across.tuples = append(across.tuples, totalOf(o.MarginsName, len(o.Cols)))
		}
	}
	if len(across.tuples) > 0 && len(down.tuples) > maxCells/len(across.tuples) {
		return nil, tooLarge()
	}
	stride := len(across.tuples)
	out := make([]group, 0, len(down.tuples)*stride)
	for i, row := range down.tuples {
		for j, col := range across.tuples {
			out = append(out, group{row: row, col: col, total: i >= height || j >= width})
		}
	}
	for r := range keyed {
		if !keyed[r] {
			continue
		}
		for _, i := range within(down.of[r], height, len(down.tuples)) {
			for _, j := range within(across.of[r], width, stride) {
				g := &out[i*stride+j]
				g.rows = append(g.rows, int32(r))
			}
		}
	}
	return out, nil
}

// within gives a key's place and, where there is one, that of the total behind all.
func within(i int32, keys, all int) []int {
	if all > keys {
		return []int{int(i), keys}
	}
	return []int{int(i)}
}

// totalOf is the key of a total, as pandas writes it: further keys are empty.
func totalOf(name string, keys int) []string {
	out := make([]string, keys)
	out[0] = name
	return out
}

func (d *Data) axis(names []string, keyed []bool) axis {
	a := axis{of: make([]int32, d.rows)}
	found := map[string]int32{}
	var mark []byte
	for r := range keyed {
		if !keyed[r] {
			continue
		}
		mark = mark[:0]
		for _, n := range names {
			mark = append(strconv.AppendInt(mark, int64(d.columns[n].codes[r]), 36), ' ')
		}
		i, ok := found[string(mark)]
		if !ok {
			i = int32(len(a.tuples))
			found[string(mark)] = i
			tuple := make([]string, len(names))
			for k, n := range names {
				tuple[k] = d.columns[n].texts[d.columns[n].codes[r]]
			}
			a.tuples = append(a.tuples, tuple)
		}
		a.of[r] = i
	}
	return a
}

// complete adds the combinations of keys that no row has.
func (a *axis) complete() error {
	if len(a.tuples) == 0 {
		return nil
	}
	all, known := [][]string{{}}, map[string]bool{}
	for k := range a.tuples[0] {
		var level []string
		for _, tuple := range a.tuples {
			if !slices.Contains(level, tuple[k]) {
				level = append(level, tuple[k])
			}
		}
		if len(level) > maxCells/len(all) {
			return tooLarge()
		}
		var longer [][]string
		for _, head := range all {
			for _, key := range level {
				longer = append(longer, append(slices.Clone(head), key))
			}
		}
		all = longer
	}
	for _, tuple := range a.tuples {
		known[strings.Join(tuple, "\x00")] = true
	}
	for _, tuple := range all {
		if !known[strings.Join(tuple, "\x00")] {
			a.tuples = append(a.tuples, tuple)
		}
	}
	return nil
}

func tooLarge() error { return fault.Errorf(fault.Limit, "the table has more than %d cells", maxCells) }

// sort puts the combinations into order and renumbers the rows.
func (a *axis) sort(compare []func(x, y string) int) {
	order := make([]int, len(a.tuples))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int {
		for k, c := range compare {
			if n := c(a.tuples[x][k], a.tuples[y][k]); n != 0 {
				return n
			}
		}
		return 0
	})
	tuples, place := make([][]string, len(order)), make([]int32, len(order))
	for to, from := range order {
		tuples[to], place[from] = a.tuples[from], int32(to)
	}
	a.tuples = tuples
	for r, i := range a.of {
		if int(i) < len(place) { // a file without rows has no combination
			a.of[r] = place[i]
		}
	}
}

// compares orders each key by number where all its texts are numbers, else by text.
func (d *Data) compares(names []string) []func(x, y string) int {
	var out []func(x, y string) int
	for _, n := range names {
		c := d.columns[n]
		numbers, err := c.numbers(n)
		if err != nil {
			out = append(out, strings.Compare)
			continue
		}
		out = append(out, func(x, y string) int {
			return cmp.Or(cmp.Compare(numbers[c.index[x]], numbers[c.index[y]]), strings.Compare(x, y))
		})
	}
	return out
}
