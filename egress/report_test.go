package egress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"yingbi/internal/fault"
)

func sample(t testing.TB) *Report {
	r := judge(t, preset(t, "strict"), []*Table{oneKey(group{"东<区>", 300, 900, 100}, group{"西", 3, 777, 100}), oneKey(group{"x", 1, 1, 0})})
	r.Comparisons = []Comparison{{Output: "check", Table: "t", Exact: 4}}
	r.Outputs = []*Published{r.Published("t")}
	return r
}

func TestReportReadsBack(t *testing.T) {
	r := sample(t)
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseReport(b)
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	d1, err1 := r.Digest()
	d2, err2 := again.Digest()
	if err1 != nil || err2 != nil || d1 != d2 {
		t.Errorf("digests %v %v, %v %v", d1, d2, err1, err2)
	}
	if !bytes.Contains(b, []byte("东<区>")) {
		t.Errorf("escaped: %s", b)
	}
	for name, bad := range map[string][]byte{
		"space":       append([]byte(" "), b...),
		"trailing":    append(bytes.Clone(b), '\n'),
		"other order": append([]byte(`{"decision":"a person decides",`), bytes.Replace(b[1:], []byte(`,"decision":"a person decides"`), nil, 1)...),
		"format":      bytes.Replace(b, []byte("report v2"), []byte("report v1"), 1),
		"cut":         b[:len(b)-1],
		"empty":       nil,
	} {
		if _, err := ParseReport(bad); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A report that could not be read back is not written.
func TestReportsHaveALimit(t *testing.T) {
	b, err := sample(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for limit, ok := range map[int]bool{len(b) - 1: false, len(b): true} {
		if _, err := encode(sample(t), limit); (err == nil) != ok || !ok && fault.KindOf(err) != fault.Limit {
			t.Errorf("%d bytes, limit %d: %v", len(b), limit, err)
		}
	}
}

// Of a refused table the report keeps how many cells fail each rule, and few of them.
func TestRefusedTablesAreReportedShort(t *testing.T) {
	var groups []group
	for i := range 3 * maxRefusedCells {
		groups = append(groups, group{fmt.Sprint(i), 3, 100, 100})
	}
	tr := judge(t, preset(t, "default"), []*Table{oneKey(groups...)}).Tables[0]
	if len(tr.Cells) != maxRefusedCells || tr.Withheld != len(groups) || tr.Failing[RuleMinimum] != len(groups) {
		t.Errorf("%d cells, %d withheld, %v", len(tr.Cells), tr.Withheld, tr.Failing)
	}
}

// A reviewer sees how many stand behind a cell and which rules it fails, and
// nobody's own value.
func TestReportHoldsNobodysValue(t *testing.T) {
	p := preset(t, "default")
	table := oneKey(group{"published", 50, 300, 200}, group{"dominated", 50, 999999, 200}, group{"small", 9, 777, 666})
	r := judge(t, p, []*Table{table})
	for i, c := range r.Tables[0].Cells {
		for m, part := range c.Evidence[0].Parts {
			if part.First.Known() || part.Second.Known() {
				t.Errorf("%v: a largest contribution is shown", c.Keys)
			}
			if shown := c.Figures[m].Sum.Known() || part.Total.Known(); shown && c.Verdict != Publish {
				t.Errorf("%v: an amount of a withheld cell is shown", c.Keys)
			}
			if i == 2 && (part != Part{} || c.Figures[m] != Figure{}) {
				t.Errorf("%v: figure %d of a small cell is shown", c.Keys, m)
			}
		}
		if c.Rows != table.Cells[i].Rows || c.Evidence[0].Subjects != table.Cells[i].Evidence[0].Subjects {
			t.Errorf("%v: its counts are not shown", c.Keys)
		}
	}
	if !table.Cells[1].Evidence[0].Parts[2].First.Known() {
		t.Error("the table itself lost its evidence")
	}
}

func TestReportSaysWhatIsNotChecked(t *testing.T) {
	r := sample(t)
	all := strings.Join(r.NotChecked, "\n")
	for _, want := range []string{"cross-release audit", "intent"} {
		if !strings.Contains(all, want) {
			t.Errorf("the report does not say that %s was not checked", want)
		}
	}
	if r.Decision != "a person decides" {
		t.Errorf("decision: %s", r.Decision)
	}
}

// What may reach an operator holds no figure of a withheld cell.
func TestOutlineAndPublishedHoldNoWithheldFigure(t *testing.T) {
	r := sample(t)
	outline, err := json.Marshal(r.Outline())
	if err != nil {
		t.Fatal(err)
	}
	published, err := json.Marshal(r.Outputs)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"西", "777", "7.77", `"3"`} {
		if bytes.Contains(outline, []byte(secret)) || bytes.Contains(published, []byte(secret)) {
			t.Errorf("%q is told", secret)
		}
	}
	if o := r.Outline(); len(o) != 2 || o[0].Verdict != Publish || o[1].Verdict != Refuse {
		t.Errorf("%+v", o)
	}
}

func TestAmountsReadBack(t *testing.T) {
	for _, a := range []Amount{{}, Scaled(0, 2), Scaled(-5, 2), Scaled(math.MaxInt64, 0), Scaled(math.MinInt64, 18), Approximate(0.1), Approximate(-1e300), Approximate(math.NaN()), Approximate(math.Inf(1)), Approximate(math.Copysign(0, -1))} {
		b, _ := a.MarshalText()
		var again Amount
		if err := again.UnmarshalText(b); err != nil || again.text != a.text || (again.rat == nil) != (a.rat == nil) || a.rat != nil && a.rat.Cmp(again.rat) != 0 {
			t.Errorf("%q reads as %q: %v", b, again.text, err)
		}
	}
	for _, s := range []string{"1.0", "01", "+1", "1e5", "~0.10", "~x", ".5", "1.", "--1", "1.0000000000000000001", "~1e999", "9223372036854775808", "1_0"} {
		if err := new(Amount).UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q is read", s)
		}
	}
}

func FuzzParseReport(f *testing.F) {
	b, err := sample(f).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	empty, err := judge(f, preset(f, "default"), nil).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(empty)
	told := judge(f, preset(f, "default"), nil)
	if err := errors.Join(told.Assert(leaf(""), ab.with([]any{12.34567, 0.5})), told.Assert(leaf("t"), ab.with([]any{101.0, 0.5}))); err != nil {
		f.Fatal(err)
	}
	if b, err = told.Encode(); err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseReport(b)
		if err != nil {
			return
		}
		again, err := r.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("read, but not written alike: %v", err)
		}
	})
}
