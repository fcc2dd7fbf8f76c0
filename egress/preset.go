package egress

import (
	"fmt"
	"strings"

	"yingbi/internal/fault"
)

// Preset is a set of rules with its numbers. It is data: a scenario names one,
// and the report and certificate carry it whole. The zero value is not sound and
// judges everything as failing.
type Preset struct {
	Name      string      `json:"name"`
	Minimum   int64       `json:"minimum"`   // distinct subjects behind each figure, for each kind
	Dominance []Dominance `json:"dominance"` // (n,k) rules
	P         int64       `json:"p"`         // percent of the p% rule
	Redact    int64       `json:"redact"`    // counts up to this are withheld before rounding
	Base      int64       `json:"base"`      // counts are rounded to multiples of this
	Digits    int         `json:"digits"`    // significant digits of sums, means and shares
}

// Dominance fails a figure of which the N largest subjects contribute Percent or
// more. N is 1 or 2.
type Dominance struct {
	N       int   `json:"n"`
	Percent int64 `json:"percent"`
}

// Presets lists the presets of this version. Sources: the thresholds, (2,90),
// p = 10 and the rounding of default are those of ACRO and OpenSAFELY; (1,50)
// and (2,67) of strict are the ABS's; its other numbers are ours.
func Presets() []Preset {
	return []Preset{
		{Name: "default", Minimum: 10, Dominance: []Dominance{{2, 90}}, P: 10, Redact: 7, Base: 5, Digits: 3},
		{Name: "strict", Minimum: 20, Dominance: []Dominance{{1, 50}, {2, 67}}, P: 20, Redact: 7, Base: 10, Digits: 3},
	}
}

// PresetByName finds a preset; the empty name is default.
func PresetByName(name string) (Preset, error) {
	var names []string
	for _, p := range Presets() {
		if p.Name == name || name == "" {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preset{}, fault.Errorf(fault.Invalid, "no preset %q; there are %s", name, strings.Join(names, ", "))
}

// sound explains why a preset protects nobody.
func (p Preset) sound() error {
	if p.Minimum < 3 || p.Redact < 0 || p.Base < 1 || p.Base > 2*p.Minimum || p.Digits < 1 || p.Digits > 15 || p.P < 1 || len(p.Dominance) == 0 {
		return fmt.Errorf("the preset %q is not sound", p.Name)
	}
	for _, d := range p.Dominance {
		if d.N < 1 || d.N > 2 || d.Percent < 1 || d.Percent > 100 {
			return fmt.Errorf("the preset %q has a dominance rule that is not sound", p.Name)
		}
	}
	return nil
}
