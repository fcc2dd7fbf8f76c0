package release

import (
	"bytes"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func charted(change func(*Chart)) []Table {
	tables := testTables()
	c := Chart{Name: "各区县", Draw: "bar", X: "district", Y: "cost", Title: "费用"}
	if change != nil {
		change(&c)
	}
	tables[0].Charts = []Chart{c}
	return tables
}

// TestChartsInTables holds that charts have one spelling, and that tables without any
// are written as ever.
func TestChartsInTables(t *testing.T) {
	b, err := EncodeTables(charted(nil))
	if err != nil {
		t.Fatal(err)
	}
	if want := `,"charts":[{"name":"各区县","draw":"bar","x":"district","y":"cost","group":"","title":"费用"}]}`; !bytes.Contains(b, []byte(want)) {
		t.Errorf("%s", b)
	}
	got, err := ParseTables(b)
	if err != nil || len(got[0].Charts) != 1 || got[0].Charts[0].File() != "各区县.svg" || len(got[1].Charts) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	plain, err := EncodeTables(testTables())
	if err != nil || bytes.Contains(plain, []byte("charts")) {
		t.Errorf("%s, %v", plain, err)
	}
	if _, err := ParseTables([]byte(strings.Replace(string(plain), `]},{"name"`, `],"charts":[]},{"name"`, 1))); err == nil {
		t.Error("an empty list of charts was read")
	}
	for name, change := range map[string]func(*Chart){
		"a table's name":   func(c *Chart) { c.Name = "BY_district" },
		"a path":           func(c *Chart) { c.Name = "../x" },
		"no form":          func(c *Chart) { c.Draw = "" },
		"no figure":        func(c *Chart) { c.Y = "" },
		"another's column": func(c *Chart) { c.X = "at" },
		"a group of none":  func(c *Chart) { c.Group = "at" },
		"a control":        func(c *Chart) { c.Title = "a\x07" },
	} {
		if _, err := EncodeTables(charted(change)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestVerifyCharts takes the picture that was certified, and no other, none less and
// none more.
func TestVerifyCharts(t *testing.T) {
	d := newDomain(t)
	with := func(svg map[string][]byte) map[string][]byte {
		return d.release(t, func(r *draft) {
			tables, err := EncodeTables(charted(nil))
			if err != nil {
				t.Fatal(err)
			}
			if r.files, err = Files(tables, Terms{}); err != nil {
				t.Fatal(err)
			}
			for name, b := range svg {
				r.files[name] = b
			}
			r.tables, r.decisions = tables, []Decision{approval(tables)}
		})
	}
	picture := map[string][]byte{"各区县.svg": []byte("<svg/>")}
	if _, err := VerifyFiles(with(picture), domainName, d.key.Public()); err != nil {
		t.Fatal(err)
	}
	altered := with(picture)
	altered["各区县.svg"] = []byte("<svg />")
	for name, files := range map[string]map[string][]byte{
		"altered": altered,
		"missing": with(nil),
		"another": with(map[string][]byte{"x.svg": []byte("<svg/>")}),
		"more":    with(map[string][]byte{"各区县.svg": []byte("<svg/>"), "x.svg": []byte("<svg/>")}),
	} {
		_, err := VerifyFiles(files, domainName, d.key.Public())
		if fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}
