package view

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
	"yingbi/masking"
)

const wholeText = `id: claims-whole
name: test
version: 1
dataset: claims
columns:
  person: pseudonym
  hospital: {rule: pseudonym, kind: enterprise}
  district: keep
  cost: {rule: microaggregate, k: 4, group: amounts}
  born: keep
  seen: {rule: period, to: month}
  weight: {rule: microaggregate, k: 4, group: amounts}
  insured: {rule: shuffle, within: seen}
anonymity:
  quasi: [born, district]
  unit: person
  k: 3
  suppress: 0.15
  hierarchies:
    born: [month, year, decade]
    district: [5, 4]
`

func (h *home) wholeRequest(t testing.TB) Request {
	req := h.request(t)
	req.Policy = policy(t, wholeText)
	return req
}

// Where a rule looks at all rows first, they are told of too.
func TestProgressOfASurvey(t *testing.T) {
	req := newHome(t, 900, 1100).wholeRequest(t)
	var told []int64
	req.Progress = func(done int64) { told = append(told, done) }
	build(t, req, limits{workers: 1, memory: 0, bucket: 300})
	if !slices.IsSorted(told) || len(told) < 6 || told[len(told)-1] != 6000 {
		t.Errorf("progress %v, want it to end at 6000", told)
	}
}

// Rules over whole columns give the same bytes by however many workers, and what they
// promise holds over the view.
func TestWholeRulesOverAView(t *testing.T) {
	h := newHome(t, 1500, 1, 700, 0, 299)
	var want [][]byte
	for _, l := range []limits{{workers: 1, memory: 1 << 30, bucket: 400}, {workers: 3, memory: 0, bucket: 400}, {workers: 4, memory: 1 << 30, bucket: 400}} {
		got := h.plainParts(t, build(t, h.wholeRequest(t), l))
		if want == nil {
			want = got
		}
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%+v: other bytes", l)
		}
		forget(t, h)
	}
	v := open(t, h.wholeRequest(t))
	_, rows := read(t, parquet(t, v))
	people, amounts, gone := map[string]map[string]bool{}, map[string]int{}, int64(0)
	for _, r := range rows {
		if key := r[4] + "|" + r[2]; key == "(null)|(null)" {
			gone++
		} else {
			if people[key] == nil {
				people[key] = map[string]bool{}
			}
			people[key][r[8]] = true
		}
		amounts[r[3]+"|"+r[6]]++
	}
	for key, of := range people {
		if len(of) < 3 {
			t.Errorf("class %s has %d people", key, len(of))
		}
	}
	for key, n := range amounts {
		if n < 4 {
			t.Errorf("the amounts %s are shared by %d rows", key, n)
		}
	}
	done, err := v.Anonymised(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(people) < 2 || done.Suppressed > gone || done.Rows != 2500 || done.Unit != "person" || done.After.Smallest < 3 || len(done.Columns) != 2 {
		t.Errorf("%d classes, %d rows without quasi-identifiers; the evidence is %+v", len(people), gone, done)
	}
	again := open(t, h.wholeRequest(t))
	if told, err := again.Anonymised(t.Context()); !again.Reused() || err != nil || told.Loss != done.Loss {
		t.Errorf("a view that is used again tells %+v, %v", told, err)
	}
	if gone, err := Evict(t.Context(), h.compartment, 0, map[string]time.Time{}, nil); err != nil || len(gone) != 1 || h.leftovers(t) != nil {
		t.Errorf("evicting leaves %v, %v", h.leftovers(t), err)
	}
	if _, err := open(t, h.request(t)).Anonymised(t.Context()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a view without the step tells %v", err)
	}
}

// forget removes whatever of views is left.
func forget(t *testing.T, h *home) {
	t.Helper()
	if _, err := Evict(t.Context(), h.compartment, 0, map[string]time.Time{}, nil); err != nil {
		t.Fatal(err)
	}
}

// Identifiers that a policy forgot are found in what it leaves, and no view is made.
func TestAPolicyThatLeavesIdentifiers(t *testing.T) {
	h := newHome(t, 1)
	h.store(t, func(i int) []string {
		r := rawRow(i)
		r[8] = "家属电话" + r[8] + "，请勿外传"
		return r
	}, 1500, 500)
	req := h.request(t)
	req.Grant = append(slices.Clone(everything), "phone")
	req.Policy = policy(t, policyText+"  phone: keep\n")
	_, err := Open(t.Context(), req)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), `column "phone" still shows mobile`) {
		t.Errorf("notes with telephones: %v", err)
	}
	if left := h.leftovers(t); left != nil {
		t.Errorf("left %v", left)
	}
	req.Policy = policy(t, policyText+"  phone: redact\n")
	if _, err := Open(t.Context(), req); err != nil {
		t.Errorf("notes without: %v", err)
	}
}

func TestAnonymityThatAScenarioRequires(t *testing.T) {
	h := newHome(t, 600)
	req := h.wholeRequest(t)
	req.Requires = masking.Requirement{K: 3, Quasi: []string{"district", "born"}}
	v := open(t, req)
	req.Requires.K = 4
	if _, err := Open(t.Context(), req); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "k of 4") {
		t.Errorf("a view that is there already: %v", err)
	}
	req = h.request(t)
	req.Requires = masking.Requirement{K: 2}
	if _, err := Open(t.Context(), req); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "a section anonymity") {
		t.Error(err)
	}
	if other := open(t, h.request(t)); other.Identity() == v.Identity() {
		t.Error("the anonymity section is not in the view's identity")
	}
}

// A version that cannot meet its policy's anonymity leaves nothing.
func TestAnonymityThatCannotBeMet(t *testing.T) {
	h := newHome(t, 2)
	if _, err := Open(t.Context(), h.wholeRequest(t)); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "too few subjects") {
		t.Error(err)
	}
	if left := h.leftovers(t); left != nil {
		t.Errorf("left %v", left)
	}
}
