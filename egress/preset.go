package egress

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
)

// Preset is a set of rules with its numbers. It is data: a scenario names one,
// and the report and certificate carry it whole. The zero value is not sound and
// judges everything as failing.
type Preset struct {
	Name      string      `json:"name"`
	Version   int         `json:"version,omitempty"` // of a domain's own, by which scenarios name it; 0 of one of the program's
	Extends   string      `json:"extends,omitempty"` // the preset that it makes stricter
	Minimum   int64       `json:"minimum"`           // distinct subjects behind each figure, for each kind
	Dominance []Dominance `json:"dominance"`         // (n,k) rules
	P         int64       `json:"p"`                 // percent of the p% rule
	Redact    int64       `json:"redact"`            // counts up to this are withheld before rounding
	Base      int64       `json:"base"`              // counts are rounded to multiples of this
	Digits    int         `json:"digits"`            // significant digits of sums, means and shares
}

// String is the name of a preset, of a domain's own with its version: city@2.
func (p Preset) String() string {
	if p.Version == 0 {
		return p.Name
	}
	return fmt.Sprintf("%s@%d", p.Name, p.Version)
}

// Digest is SM3 of the preset as reports hold it. It covers the numbers that hold,
// those of what it extends too.
func (p Preset) Digest() (crypto.Digest, error) {
	b, err := encode(p, maxReport)
	return crypto.Sum(b), err
}

// Dominance fails a figure of which the N largest subjects contribute Percent or
// more. N is 1 or 2.
type Dominance struct {
	N       int   `json:"n"`
	Percent int64 `json:"percent"`
}

// presets are the documents of this version, with the sources of their numbers.
//
//go:embed presets/*.yaml
var presets embed.FS

// What a preset is for.
const (
	forJobs  = "jobs"
	forFiles = "files" // checks of files alone, by package egress/check
)

// PresetByName finds a preset of this version; the empty name is default.
func PresetByName(name string) (Preset, error) {
	if name == "" {
		name = "default"
	}
	files, err := presets.ReadDir("presets")
	if err != nil {
		return Preset{}, err
	}
	var names []string
	for _, f := range files {
		b, err := presets.ReadFile("presets/" + f.Name())
		if err != nil {
			return Preset{}, err
		}
		p, use, err := readPreset(f.Name(), b)
		switch {
		case err != nil:
			return Preset{}, err
		case p.Name == name && use == forFiles:
			return Preset{}, fault.Errorf(fault.Invalid, "the preset %q is for checks of files alone (yingbi egress check): it counts rows and not subjects; a job takes default or strict", name)
		case p.Name == name:
			return p, nil
		case use == forJobs:
			names = append(names, p.Name)
		}
	}
	return Preset{}, fault.Errorf(fault.Invalid, "no preset %q; there are %s", name, strings.Join(names, ", "))
}

// ParsePreset reads a domain's own preset, which extends one of this version and may
// only be stricter. Numbers that it does not give are those of the other. file names
// it in errors.
func ParsePreset(file string, b []byte) (Preset, error) {
	p, use, err := readPreset(file, b)
	if err != nil {
		return Preset{}, err
	}
	if p.Extends == "" || use != forJobs {
		return Preset{}, fault.Errorf(fault.Invalid, "%s: a domain's preset extends one of the program's, such as \"extends: default\", and is for jobs", file)
	}
	if _, err := presets.ReadFile("presets/" + p.Name + ".yaml"); err == nil { // each has the name of its file
		return Preset{}, fault.Errorf(fault.Invalid, "%s: the name %q is taken by a preset of the program", file, p.Name)
	}
	return p, nil
}

// readPreset reads a document, and what it is for.
func readPreset(file string, b []byte) (p Preset, use string, err error) {
	doc, err := yamldoc.Parse(file, b)
	if err != nil {
		return p, "", err
	}
	m, err := doc.Map()
	if err != nil {
		return p, "", err
	}
	base, err := extended(m)
	if err != nil {
		return p, "", err
	}
	p, use = base, forJobs
	p.Extends = base.Name
	if p.Name, err = m.NeedText("name"); err != nil {
		return p, "", err
	}
	if n := m.Get("for"); n != nil {
		if use, err = n.Text(); err != nil || use != forJobs && use != forFiles {
			return p, "", n.Errorf("want %s or %s", forJobs, forFiles)
		}
	}
	if err := p.numbers(m); err != nil {
		return p, "", err
	}
	if err := m.Done(); err != nil {
		return p, "", err
	}
	if use == forFiles {
		return p, use, nil
	}
	if err := p.sound(); err != nil {
		return p, "", m.Node().Errorf("%v", err)
	}
	if looser := p.looser(base); p.Extends != "" && looser != "" {
		return p, "", m.Node().Errorf("%s is looser than in %s; who extends a preset may only make it stricter", looser, base.Name)
	}
	return p, use, nil
}

func extended(m *yamldoc.Map) (Preset, error) {
	n := m.Get("extends")
	if n == nil {
		return Preset{}, nil
	}
	name, err := n.Text()
	if err != nil {
		return Preset{}, err
	}
	base, err := PresetByName(name)
	if err != nil {
		return Preset{}, n.Errorf("%v", err)
	}
	return base, nil
}

// numbers reads those that are given.
func (p *Preset) numbers(m *yamldoc.Map) error {
	digits := int64(p.Digits)
	for key, to := range map[string]*int64{"minimum": &p.Minimum, "p": &p.P, "redact": &p.Redact, "base": &p.Base, "digits": &digits} {
		n := m.Get(key)
		if n == nil {
			continue
		}
		v, err := n.Int()
		if err != nil {
			return err
		}
		if v < 0 || v > 1_000_000 {
			return n.Errorf("want a number from 0 to 1000000")
		}
		*to = v
	}
	p.Digits = int(digits)
	n := m.Get("dominance")
	if n == nil {
		return nil
	}
	items, err := n.List()
	if err != nil {
		return err
	}
	p.Dominance = nil
	for _, item := range items {
		d, err := readDominance(item)
		if err != nil {
			return err
		}
		p.Dominance = append(p.Dominance, d)
	}
	return nil
}

func readDominance(item *yamldoc.Node) (d Dominance, err error) {
	m, err := item.Map()
	if err != nil {
		return d, err
	}
	var numbers [2]int64
	for i, key := range []string{"n", "percent"} {
		n, err := m.Need(key)
		if err != nil {
			return d, err
		}
		if numbers[i], err = n.Int(); err != nil {
			return d, err
		}
		if numbers[i] < 1 || numbers[i] > 100 {
			return d, n.Errorf("want a number from 1 to 100")
		}
	}
	return Dominance{int(numbers[0]), numbers[1]}, m.Done()
}

// sound explains why a preset protects nobody.
func (p Preset) sound() error {
	if p.Minimum < 3 || p.Redact < 0 || p.Base < 1 || p.Base > 2*p.Minimum || p.Digits < 1 || p.Digits > 15 || p.P < 1 || p.P > 100 || len(p.Dominance) == 0 {
		return fmt.Errorf("the preset %q is not sound: minimum is at least 3, base from 1 to twice the minimum, digits from 1 to 15, p from 1 to 100, and there is a dominance rule", p.Name)
	}
	for _, d := range p.Dominance {
		if d.N < 1 || d.N > 2 || d.Percent < 1 || d.Percent > 100 {
			return fmt.Errorf("the preset %q has a dominance rule that is not sound: n is 1 or 2, percent from 1 to 100", p.Name)
		}
	}
	return nil
}

// looser names a rule by which p lets more through than base. A dominance rule stands
// for every other of no more subjects and no less percent.
func (p Preset) looser(base Preset) string {
	switch {
	case p.Minimum < base.Minimum:
		return "minimum"
	case p.P < base.P:
		return "p"
	case p.Redact < base.Redact:
		return "redact"
	case p.Base < base.Base:
		return "base"
	case p.Digits > base.Digits:
		return "digits"
	}
	for _, d := range base.Dominance {
		if !slices.ContainsFunc(p.Dominance, func(own Dominance) bool { return own.N >= d.N && own.Percent <= d.Percent }) {
			return "dominance"
		}
	}
	return ""
}
