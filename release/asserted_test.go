package release

import (
	"slices"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// asserting is a release of the test's tables, of which the first is asserted, that two
// people approved.
func (d *testDomain) asserting(t testing.TB, change func(*draft)) map[string][]byte {
	t.Helper()
	return d.release(t, func(r *draft) {
		tables, err := EncodeTables(assertedTables())
		if err != nil {
			t.Fatal(err)
		}
		if r.files, err = Files(tables, Terms{}); err != nil {
			t.Fatal(err)
		}
		r.tables = tables
		second := approval(tables)
		second.Reviewer = "he"
		r.decisions, r.signers = []Decision{approval(tables), second}, []string{"lin", "he"}
		r.cert = func(c *Certificate) { c.Class, c.Asserted, c.Reviewers = Asserted, []string{"by_district"}, 2 }
		if change != nil {
			change(r)
		}
	})
}

func assertedTables() []Table {
	tables := testTables()
	tables[0].Class = Asserted
	return tables
}

// TestAssertedIsNamed holds that a certificate names what nobody has recomputed, as the
// reviewers have signed it, and that neither can be changed without the other.
func TestAssertedIsNamed(t *testing.T) {
	d := newDomain(t)
	cert, err := VerifyFiles(d.asserting(t, nil), domainName, d.key.Public())
	if err != nil || cert.Class != "asserted" || !slices.Equal(cert.Asserted, []string{"by_district"}) {
		t.Fatalf("%+v, %v", cert, err)
	}
	for name, c := range map[string]struct {
		change func(*Certificate)
		want   string
	}{
		"names none": {func(c *Certificate) { c.Class, c.Reviewers = Asserted, 2 }, "names other tables as asserted"},
		"another":    {func(c *Certificate) { c.Class, c.Reviewers, c.Asserted = Asserted, 2, []string{"按月_2"} }, "names other tables as asserted"},
		"one too many": {func(c *Certificate) {
			c.Class, c.Reviewers, c.Asserted = Asserted, 2, []string{"by_district", "按月_2"}
		}, "names other tables as asserted"},
		"verified":      {func(c *Certificate) { c.Class, c.Reviewers = Verified, 2 }, "names other tables as asserted"},
		"one signature": {func(c *Certificate) { c.Class = Verified }, "names other tables as asserted"},
	} {
		_, err := VerifyFiles(d.asserting(t, func(r *draft) { r.cert = c.change }), domainName, d.key.Public())
		wantKind(t, err, fault.Integrity)
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	one := func(r *draft) { r.decisions, r.signers = r.decisions[:1], r.signers[:1] }
	_, err = VerifyFiles(d.asserting(t, one), domainName, d.key.Public())
	wantKind(t, err, fault.Integrity)
	if !strings.Contains(err.Error(), "1 people approved the release, and 2 had to") {
		t.Error(err)
	}
	tables := assertedTables()
	tables[1].Class = "checked"
	if _, err := EncodeTables(tables); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a table of another class: %v", err)
	}
}
