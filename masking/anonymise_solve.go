package masking

import (
	"context"
	"encoding/binary"
	"math"
	"slices"

	"yingbi/internal/fault"
	"yingbi/masking/anonymity"
)

// Anonymised tells what an anonymity step did with a view. It is derived from rows: seal
// it, and show it to those who judge what leaves.
type Anonymised struct {
	Unit       string             `json:"unit"`    // the kind of subject that k counts, or "row"
	Columns    []AnonymisedColumn `json:"columns"` // quasi-identifiers that are granted
	Met        Met                `json:"met"`
	Rows       int64              `json:"rows"`
	Suppressed int64              `json:"suppressed_rows"` // rows without their quasi-identifiers
	Loss       float64            `json:"loss"`
	Before     anonymity.Risk     `json:"before"` // sizes are counted in units, each once in a class
	After      anonymity.Risk     `json:"after"`
}

// Met are the models that every class of the view meets: those that the policy asks, and
// how its classes stand at the worst. A zero field is not asked. Without a Sensitive
// column, or where it is not granted, k alone holds.
type Met struct {
	K         int     `json:"k"`
	Sensitive string  `json:"sensitive,omitempty"` // the column of l and t
	Distinct  int     `json:"l_distinct,omitempty"`
	Entropy   float64 `json:"l_entropy,omitempty"`
	Recursive int     `json:"l_recursive,omitempty"`
	C         float64 `json:"c,omitempty"` // of recursive diversity
	T         float64 `json:"t,omitempty"`

	LeastDistinct int     `json:"least_distinct,omitempty"` // values of a class
	LeastEntropy  float64 `json:"least_entropy,omitempty"`  // e to the entropy of a class's values
	MostDistance  float64 `json:"most_distance,omitempty"`  // of a class to the whole
}

// AnonymisedColumn is the level that the step chose for a column.
type AnonymisedColumn struct {
	Name   string `json:"name"`
	Level  int    `json:"level"`  // 0 is the value as its rule leaves it
	Levels int    `json:"levels"` // of the hierarchy, 0 included
	Shown  string `json:"shown"`  // what the level is, for people
}

// Anonymised gives what the anonymity step did; nil without one, and before Settle.
func (m *Masker) Anonymised() *Anonymised {
	if m.survey == nil || m.survey.step == nil || !m.survey.settled {
		return nil
	}
	return &m.survey.step.Anonymised
}

// solver has the tuples in an order of their own, with codes of hierarchies.
type solver struct {
	*anonymiser
	hierarchies []*anonymity.Hierarchy
	order       []uint32 // ids of tuples
	codes       []uint32 // of the hierarchies, tuple by tuple
	counts      []int64  // units with a tuple, by id
	class       []uint32 // of each tuple at the levels that cutAt saw last
	sizes       []int64  // units of these classes, each once
}

func (a *anonymiser) settle(ctx context.Context, rows int64) error {
	a.Rows = rows
	m := a.granted()
	a.Met = Met{K: m.K, Distinct: m.Distinct, Entropy: m.Entropy, Recursive: m.Recursive, C: m.C, T: m.T}
	if a.sensitive != nil {
		a.Met.Sensitive = a.sensitive.out.Name
	}
	if a.Unit = a.counts; a.ordinals == "" {
		a.Unit = "row"
	}
	if rows == 0 {
		return a.keep(nil, make([]int, len(a.quasi)))
	}
	s := &solver{anonymiser: a}
	if err := s.prepare(); err != nil {
		return err
	}
	table, err := s.table()
	if err != nil {
		return err
	}
	levels, cut, err := s.solve(ctx, table)
	if err != nil {
		return err
	}
	if err := s.judge(levels, cut); err != nil {
		return err
	}
	a.tuples.people = nil
	return a.keep(s.hierarchies, levels)
}

// prepare makes the hierarchies and puts the tuples in order.
func (s *solver) prepare() error {
	var ranks [][]uint32 // of each column, by code of its book
	for _, c := range s.columns() {
		codes, values := c.book.ordered()
		rows := make([][]string, len(codes))
		rows[0] = c.ladder.none()
		for i, value := range values[1:] {
			names, ok := c.ladder.names(c.before.Kind, value)
			if !ok {
				return fault.At(c.ladder.place, "column %s has a value that no row of its hierarchy begins with; add a row for each value, or make the column coarser by its rule", c.out.Name)
			}
			rows[i+1] = names
		}
		h, err := anonymity.NewHierarchy(rows)
		if err != nil {
			return fault.At(c.ladder.place, "the hierarchy of column %s: %v", c.out.Name, err)
		}
		number := make([]uint32, len(codes))
		for i, code := range codes {
			number[code] = uint32(i)
		}
		s.hierarchies, ranks = append(s.hierarchies, h), append(ranks, number)
	}
	s.codes = make([]uint32, len(s.tuples.codes))
	for i, code := range s.tuples.codes {
		s.codes[i] = ranks[i%s.tuples.width][code]
	}
	s.order = make([]uint32, s.tuples.len())
	for id := range s.order {
		s.order[id] = uint32(id)
	}
	slices.SortFunc(s.order, func(x, y uint32) int { return slices.Compare(s.numbers(x), s.numbers(y)) })
	s.counts = s.tuples.rows
	if s.ordinals != "" {
		s.counts = s.units(func(id uint32) uint32 { return id }, s.tuples.len())
	}
	return nil
}

// numbers gives a tuple's codes in the hierarchies.
func (s *solver) numbers(id uint32) []uint32 {
	return s.codes[int(id)*s.tuples.width:][:s.tuples.width]
}

// units counts the different subjects of each class of tuples.
func (s *solver) units(class func(id uint32) uint32, classes int) []int64 {
	all := make([]uint64, 0, s.Rows)
	for _, piece := range s.tuples.people {
		for _, v := range piece {
			all = append(all, uint64(class(uint32(v>>32)))<<32|v&math.MaxUint32)
		}
	}
	slices.Sort(all)
	counts := make([]int64, classes)
	for i, v := range all {
		if i == 0 || v != all[i-1] {
			counts[v>>32]++
		}
	}
	return counts
}

// attributes gives the columns of a tuple with their hierarchies.
func (s *solver) attributes() (quasi, sensitive []anonymity.Attribute) {
	for i, c := range s.columns() {
		a := anonymity.Attribute{Name: c.out.Name, Hierarchy: s.hierarchies[i]}
		if i < len(s.quasi) {
			quasi = append(quasi, a)
		} else {
			sensitive = append(sensitive, a)
		}
	}
	return quasi, sensitive
}

// table counts the units of each tuple.
func (s *solver) table() (*anonymity.Table, error) {
	quasi, sensitive := s.attributes()
	t, err := anonymity.NewTable(quasi, sensitive)
	if err != nil {
		return nil, err
	}
	for _, id := range s.order {
		codes := s.numbers(id)
		if err := t.Add(codes[:len(quasi)], codes[len(quasi):], s.counts[id]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// granted gives the models of the columns that are granted: without the sensitive one
// there is nothing to infer.
func (a *anonymiser) granted() anonymity.Models {
	if a.sensitive == nil {
		return anonymity.Models{K: a.models.K}
	}
	return a.models
}

// solve gives the levels with the least loss, and the tuples to suppress there.
//
// The search counts a subject once for each of its tuples; where a subject's rows
// differ, a class may hold fewer subjects than that. So the classes are counted again,
// each subject once, and those below k are suppressed too. Should too many rows go, the
// search is made again for classes twice as large and half the suppression, until it fits.
func (s *solver) solve(ctx context.Context, table *anonymity.Table) (levels []int, cut []bool, err error) {
	most := s.suppress.float()
	spec := anonymity.Spec{Models: s.granted(), SuppressionLimit: most, Metric: s.metric}
	for {
		found, err := anonymity.Search(ctx, table, spec)
		if err != nil {
			return nil, nil, err
		}
		if !found.Feasible {
			return nil, nil, fault.Errorf(fault.Conflict, "this version cannot meet the anonymity that its policy asks (k = %d%s): it has too few subjects or too few different sensitive values even when its quasi-identifiers are all hidden",
				s.models.K, map[bool]string{true: ", l, t"}[s.sensitive != nil])
		}
		release, err := table.Release(found.Levels, spec)
		if err != nil {
			return nil, nil, err
		}
		cut, gone := s.cutAt(found.Levels, release)
		if float64(gone) <= most*float64(s.Rows) {
			s.Suppressed, s.Loss = gone, found.Loss
			in := release.Inside // of all that the models keep: those that the second count cuts are among them
			s.Met.LeastDistinct, s.Met.LeastEntropy, s.Met.MostDistance = in.Distinct, in.Entropy, in.Distance
			return found.Levels, cut, nil
		}
		spec.Models.K, spec.SuppressionLimit = 2*spec.Models.K, spec.SuppressionLimit/2
	}
}

// cutAt gives the tuples that are suppressed at some levels, and counts their rows.
func (s *solver) cutAt(levels []int, release *anonymity.Release) (cut []bool, rows int64) {
	s.count(levels)
	cut = make([]bool, len(s.class))
	for id := range cut {
		few := s.sizes[s.class[id]] < int64(s.models.K)
		if cut[id] = few || !release.Kept(s.numbers(uint32(id))[:len(s.quasi)]); cut[id] {
			rows += s.tuples.rows[id]
		}
	}
	return cut, rows
}

// count numbers the classes at some levels and counts the units of each.
func (s *solver) count(levels []int) {
	var classes int
	if s.class, classes = s.classes(levels); s.ordinals != "" {
		s.sizes = s.units(func(id uint32) uint32 { return s.class[id] }, classes)
		return
	}
	s.sizes = make([]int64, classes)
	for id, rows := range s.tuples.rows {
		s.sizes[s.class[id]] += rows
	}
}

// classes numbers the tuples by what their quasi-identifiers are at some levels.
func (s *solver) classes(levels []int) (class []uint32, classes int) {
	known := map[string]uint32{}
	class = make([]uint32, s.tuples.len())
	for _, id := range s.order {
		var key []byte
		for c, code := range s.numbers(id)[:len(s.quasi)] {
			name := s.hierarchies[c].Value(code, levels[c])
			key = append(binary.LittleEndian.AppendUint32(key, uint32(len(name))), name...)
		}
		number, ok := known[string(key)]
		if !ok {
			number = uint32(len(known))
			known[string(key)] = number
		}
		class[id] = number
	}
	return class, len(known)
}
