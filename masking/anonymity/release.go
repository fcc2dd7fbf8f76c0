package anonymity

import (
	"encoding/binary"

	"yingbi/internal/fault"
)

// Release is a table at some levels, with the classes suppressed that break the models.
type Release struct {
	Rows       int64 // kept
	Suppressed int64 // rows
	Classes    int64 // kept
	Inside     Inside
	quasi      []Attribute
	levels     []int
	kept       map[string]int // place in sizes of each class that is kept, by its codes
	sizes      []int64        // rows
}

// Release applies levels. Without models it suppresses nothing; the limit of spec is for
// a search.
func (t *Table) Release(levels []int, spec Spec) (*Release, error) {
	if err := spec.Models.check(t.sensitive); err != nil {
		return nil, err
	}
	if len(levels) != len(t.quasi) {
		return nil, fault.Errorf(fault.Invalid, "%d levels for %d quasi-identifiers", len(levels), len(t.quasi))
	}
	for i, l := range levels {
		if l < 0 || l >= t.quasi[i].Hierarchy.Levels() {
			return nil, fault.Errorf(fault.Invalid, "%q has no level %d", t.quasi[i].Name, l)
		}
	}
	p := t.prepare(spec.Models.ofSensitive())
	c, g := &p.base, newGrouper()
	for i, l := range levels {
		next := &classes{}
		g.rollUp(next, c, p.layout.fields[i], t.quasi[i].Hierarchy.levels[l].of)
		c = next
	}
	judge := judge{p: p, models: spec.Models, byLoss: spec.Metric == Loss}
	s, _ := judge.look(c, levels, t.rows)
	r := newRelease(t, p, &s)
	r.Inside = p.inside(c, s.broken, spec.Models.Distance)
	return r, nil
}

func newRelease(t *Table, p *problem, s *state) *Release {
	r := &Release{Rows: t.rows - s.suppressed, Suppressed: s.suppressed, Classes: s.kept, quasi: t.quasi, levels: s.levels, kept: map[string]int{}}
	key := make([]byte, 4*len(s.levels))
	for class, broken := range s.broken {
		if !broken {
			for i, f := range p.layout.fields {
				binary.NativeEndian.PutUint32(key[4*i:], s.classes.code(f, class))
			}
			r.kept[string(key)] = len(r.sizes)
			r.sizes = append(r.sizes, s.classes.counts[class])
		}
	}
	return r
}

// Kept tells whether a row with these codes is published. A row that the table has not
// counted is not. It may be called by several goroutines.
func (r *Release) Kept(quasi []uint32) bool {
	_, kept := r.class(quasi)
	return kept
}

// class finds that of a row among those that are kept.
func (r *Release) class(quasi []uint32) (int, bool) {
	var room [4 * maxAttributes]byte
	at, kept := r.kept[string(r.key(room[:0], quasi))]
	return at, kept
}

// key is that of the class of a row; what is no row of the hierarchies has none.
func (r *Release) key(key []byte, quasi []uint32) []byte {
	if len(quasi) != len(r.levels) {
		return nil
	}
	for i, code := range quasi {
		of := r.quasi[i].Hierarchy.levels[r.levels[i]].of
		if int(code) >= len(of) {
			return nil
		}
		key = binary.NativeEndian.AppendUint32(key, of[code])
	}
	return key
}
