package sample

import (
	"slices"
	"strings"

	"yingbi/catalog"
	"yingbi/internal/coltype"
)

// generator makes the data sets of a kit. It does not change once it is made.
type generator struct {
	people int // subjects of each kind
	seed   uint64

	numbers map[string][]string // of the subjects of each kind
	kinds   map[string]string   // the kind that a column identifies, by the column's name
	shared  map[string]words    // that columns of one name hold, where a provider declares them
}

func newGenerator(sets []*catalog.Dataset, people int, seed uint64) (*generator, error) {
	g := &generator{people: people, seed: seed, numbers: map[string][]string{}, kinds: map[string]string{}, shared: map[string]words{}}
	digits := map[string]bool{} // kinds that some column of type integer identifies
	for _, d := range sets {
		for _, s := range d.Subjects {
			if c, ok := d.Column(s.Column); ok {
				digits[s.Kind] = digits[s.Kind] || c.Type.Kind == coltype.Integer
				setOnce(g.kinds, folded(c.Name), s.Kind)
			}
		}
		for _, c := range d.Columns {
			if c.Sample != nil && c.Sample.Values != nil {
				setOnce(g.shared, folded(c.Name), words{c.Type.Kind, c.Sample.Values})
			}
		}
	}
	for kind, digits := range digits {
		list := make([]string, people)
		for i := range list {
			var err error
			if list[i], err = numberOf(kind, digits, i); err != nil {
				return nil, err
			}
		}
		g.numbers[kind] = list
	}
	return g, nil
}

// setOnce keeps what came first: the first data set of the scenario that says it.
func setOnce[V any](m map[string]V, key string, value V) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}

// folded is a column's name as names are compared.
func folded(name string) string { return strings.ToLower(name) }

// column makes the cells of one column.
type column struct {
	catalog.Column
	value   func(*row) string
	missing int  // rows in a hundred
	most    int  // rows that have a value of their own; 0 is any number
	guessed bool // its texts are codes that nobody declared
}

// column decides what the column of a data set holds: what its provider declares, or
// else what is shared, or else what its type suggests.
func (g *generator) column(d *catalog.Dataset, c catalog.Column) (column, error) {
	out := column{Column: c, missing: someMissing}
	unique := c.Sample != nil && c.Sample.Unique != nil && *c.Sample.Unique
	switch {
	case c.Sample != nil && c.Sample.Missing != nil:
		out.missing = *c.Sample.Missing
	case c.Required || unique:
		out.missing = 0
	}
	if numbers, own := g.identifies(d, c); numbers != nil {
		switch {
		case own:
			out.missing = 0
		case unique:
			out.most = len(numbers)
		}
		out.value = func(r *row) string { return numbers[r.subject] }
		return out, nil
	}
	list, shared := g.words(c)
	bounded := c.Sample != nil && c.Sample.Min+c.Sample.Max != ""
	var err error
	switch {
	case shared && !bounded && unique:
		out.most = len(list.list)
		out.value = func(r *row) string { return list.list[r.number] }
	case shared && !bounded:
		out.value = list.drawn
	case unique && c.Type.Kind == coltype.Integer:
		out.value = func(r *row) string { return c.Written(int64(r.number) + 1) }
	case unique && c.Type.Kind == coltype.Text:
		out.value = func(r *row) string { return counted(c.Name, r.number) }
	case c.Type.Kind == coltype.Text:
		out.value, out.guessed = codes(c.Name).drawn, true
	case c.Type.Kind == coltype.Boolean:
		out.value = words{list: []string{"false", "true"}}.drawn
	default:
		out.value, err = ranged(d, c)
	}
	return out, err
}

// identifies gives the numbers of the subjects that a column of the data set names:
// its own, or those of others in a column that is called as theirs.
func (g *generator) identifies(d *catalog.Dataset, c catalog.Column) (numbers []string, own bool) {
	for _, s := range d.Subjects {
		if s.Column == c.Name {
			return g.numbers[s.Kind], true
		}
	}
	numbers = g.numbers[g.kinds[reference(c)]]
	if numbers == nil || c.Sample != nil && (c.Sample.Values != nil || c.Sample.Min+c.Sample.Max != "") {
		return nil, false
	}
	fits := c.Type.Kind == coltype.Text
	if c.Type.Kind == coltype.Integer {
		_, err := c.Ordinal(numbers[0])
		fits = err == nil
	}
	if !fits {
		return nil, false
	}
	return numbers, false
}

// words gives the values that a column shares with others, or has of its own.
func (g *generator) words(c catalog.Column) (words, bool) {
	if c.Sample != nil && c.Sample.Values != nil {
		return words{c.Type.Kind, c.Sample.Values}, true
	}
	if w, ok := g.shared[reference(c)]; ok && w.kind == c.Type.Kind {
		return w, true
	}
	if c.Type.Kind == coltype.Text && c.Sample != nil && c.Sample.SameAs != "" {
		return codes(c.Sample.SameAs), true
	}
	return words{}, false
}

// reference is the name under which a column shares its values.
func reference(c catalog.Column) string {
	if c.Sample != nil && c.Sample.SameAs != "" {
		return folded(c.Sample.SameAs)
	}
	return folded(c.Name)
}

// register reports whether each subject has one row in the data set: as its provider
// declares, or else if a subject's column is the first, where records have a number of
// their own.
func register(d *catalog.Dataset) bool {
	for _, s := range d.Subjects {
		if c, ok := d.Column(s.Column); ok && c.Sample != nil && c.Sample.Unique != nil {
			return *c.Sample.Unique
		}
	}
	return slices.ContainsFunc(d.Subjects, func(s catalog.Subject) bool { return s.Column == d.Columns[0].Name })
}

// guessed gives those columns of the data set of whose texts nobody has declared
// anything.
func (g *generator) guessed(d *catalog.Dataset, names []string) (out []string, err error) {
	for _, c := range d.Columns {
		made, err := g.column(d, c)
		if err != nil {
			return nil, err
		}
		if made.guessed && slices.Contains(names, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out, nil
}
