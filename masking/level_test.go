package masking

import (
	"testing"

	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

func TestLevelBehindTheMask(t *testing.T) {
	p, err := ParsePolicy("p.yaml", []byte(`id: p
name: p
version: 1
dataset: d
columns:
  person: pseudonym
  phone: pseudonym
  disease: pseudonym
  name: {rule: mask, first: 1}
  region: {rule: prefix, length: 4}
  born: {rule: period, to: year}
  age: {rule: bands, bounds: [60], closed: left}
  cost: {rule: round, to: 100}
  income: {rule: clamp, top: 9}
  code: keep
  note: suppress
  flag: {rule: constant, value: x}
  gone: drop
`))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]Column{"person": {Subject: "person"}, "phone": {Identifier: detect.Mobile}, "disease": {Identifier: detect.RegionCode}}
	for name, want := range map[string][4]int{ // for raw levels 1 to 4
		"person": {1, 2, 2, 3}, "phone": {1, 2, 2, 3}, "note": {1, 1, 1, 1}, "flag": {1, 1, 1, 1}, "gone": {}, "unnamed": {},
		"disease": {1, 2, 3, 4}, "name": {1, 2, 3, 4}, "region": {1, 2, 3, 4}, "born": {1, 2, 3, 4}, "age": {1, 2, 3, 4},
		"cost": {1, 2, 3, 4}, "income": {1, 2, 3, 4}, "code": {1, 2, 3, 4},
	} {
		c := kinds[name]
		c.Name, c.Type = name, coltype.Type{Kind: coltype.Text}
		for i, level := range want {
			if got := p.Level(c, i+1); got != level {
				t.Errorf("%s of level %d: %d, want %d", name, i+1, got, level)
			}
		}
	}
}

// No rule raises a level, and none lowers a higher one further than a lower one.
func TestLevelsKeepTheirOrder(t *testing.T) {
	for _, def := range definitions() {
		p := &Policy{rules: []rule{{column: "c", name: def.name}}}
		for _, c := range []Column{{Name: "c"}, {Name: "c", Subject: "person"}, {Name: "c", Identifier: detect.Mobile}} {
			for raw, last := 1, 0; raw <= 4; raw++ {
				got := p.Level(c, raw)
				if got > raw || got < last {
					t.Errorf("%s: level %d becomes %d, and %d below it", def.name, raw, got, last)
				}
				last = got
			}
		}
	}
}
