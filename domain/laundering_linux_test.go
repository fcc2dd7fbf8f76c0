//go:build linux && cgo

package domain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/job"
)

// trick is a way to launder one person's data into a figure, and what becomes of it.
type trick struct {
	name  string
	end   string   // the rule that refuses it, or the label that it gets
	tests []string // folder and name of the tests that show it
	job   string   // tried here: a manifest without its first lines
	says  string   // what the refusal says, or the rule that every cell fails
}

const claimsAnd = "inputs: {claims: {dataset: claims, columns: [person, district, icd_chapter, cost]}, population: {dataset: population, columns: [person, birth, sex]}}\n"

// tricks are those of the literature and of our own threat model. Docs: THREATS, EGRESS.
var tricks = []trick{
	{"a mean padded with constants", "sum and mean take one stored column",
		[]string{"manifest TestSumAndMeanTakeOneStoredColumn", "egress TestFiguresOfConstantsAreRefused"},
		"inputs: {claims: {dataset: claims, columns: [district, cost]}}\ntables: {t: {from: claims, group_by: [district], measures: {m: 'mean(case when cost > 100000 then cost else 1000 end)'}}}\n", "takes one stored column"},
	{"digits smuggled in the offset of a mean", "sum and mean take one stored column",
		[]string{"manifest TestSumAndMeanTakeOneStoredColumn"},
		"inputs: {claims: {dataset: claims, columns: [district, cost]}}\ntables: {t: {from: claims, group_by: [district], measures: {m: mean((cost - 484.6) * 1000)}}}\n", "takes one stored column"},
	{"a single person picked out by a join and a condition", "minimum_subjects",
		[]string{"egress TestMinimumAtItsBorder"},
		claimsAnd + "derive: {old: \"age_at(birth, '2024-12-31') >= 80\"}\ntables: {t: {from: claims, join: {population: person}, where: \"claims.district = '530426' and icd_chapter = 'IX' and old\", measures: {people: subjects(), cost: sum(cost)}}}\n", "minimum_subjects"},
	{"a row for each person", "grouping by a subject is refused",
		[]string{"egress TestTableOfSingleSubjectsIsRefused"},
		"inputs: {claims: {dataset: claims, columns: [person, cost]}}\ntables: {t: {from: claims, group_by: [person], measures: {cost: sum(cost)}}}\n", "person"},
	{"the largest value of a group", "min, max and mode are refused", nil,
		"inputs: {claims: {dataset: claims, columns: [district, cost]}}\ntables: {t: {from: claims, group_by: [district], measures: {m: max(cost)}}}\n", "max"},
	{"a words-only output that nobody can recompute", "unknown kinds of output are refused", []string{"manifest TestOtherModelsAreRefused"},
		"inputs: {claims: {dataset: claims, columns: [district, cost]}}\ntables: {t: {from: claims, group_by: [district], measures: {n: count()}}}\noutputs: {o: {kind: words, compares: t}}\n", "kind"},
	{"numbers that nobody can recompute", "refused, unless the scenario says otherwise",
		[]string{"domain TestAssertedNeedsTheScenario", "domain TestAssertedRefused", "job TestAssertable"},
		"inputs: {claims: {dataset: claims, columns: [district, cost]}}\noutputs: {o: {kind: asserted, about: 树, from: [claims], numbers: {leaf: {min: 0, max: 9}}}}\n", "lets no numbers leave"},
	{"a row in the low digits of such numbers", "three significant digits, and what these can carry is capped and charged",
		[]string{"domain TestAssertedJob", "egress TestAssertedTellsNoMoreThanCounted", "manifest TestMillibitsAreRoundedUp"}, "", ""},
	{"a tree with a small leaf", "small_leaves", []string{"egress TestSmallLeaves", "domain TestAssertedRefused"}, "", ""},
	{"subtracting by where, in one job", "differencing", []string{"domain TestTablesOfAJobThatDifferByAFew"}, "", ""},
	{"subtracting by where, in several jobs and by several operators", "differencing", []string{"domain TestReleasesThatDifferByAFew", "domain TestThreeReleasesTogether", "domain TestReleasedMeanwhile"}, "", ""},
	{"subtracting a version of the data from the next", "differencing", []string{"domain TestOneBillChanged"}, "", ""},
	{"a total less its other parts", "secondary", []string{"egress TestNobodyWorksOutAWithheldCell", "egress TestNobodyEstimatesAWithheldSum"}, "", ""},
	{"any sum of multiples of what was released", "differencing", []string{"egress TestNobodyAddsAndSubtracts", "egress TestNobodyCountsASmallGroup", "egress TestNobodyFindsAnAmount"}, "", ""},
	{"a map that gives fifty people a constant and one his bit", "minimum_subjects of those who are not as most or as the default, and differencing",
		[]string{"egress TestConstantsOfAMappingAreNobody", "egress/history TestNothingIsNoContribution"}, "", ""},
	{"bounds of bands around a neighbour's value", "full_cell", []string{"egress TestBandsAroundAValue"}, "", ""},
	{"a map whose records depend on other people", "the two runs disagree: an alarm, and the job fails", []string{"job TestDisagreementIsAnAlarm"}, "", ""},
	{"values in labels and in names of columns", "label; a module's texts must stand in its sources", []string{"egress TestKeysAreLabels", "egress TestTextsOfATableAreLabels", "egress TestAdmitCapsSizeAndNames"}, "", ""},
	{"low digits of a protected module's numbers", "cut to 15 digits; the module saw publishable figures alone", []string{"egress TestAdmit", "domain TestProtectedJob"}, "", ""},
	{"rows under the name of an honest table", "verified: the domain's own figures are published, the module's are compared", []string{"domain TestSmuggler", "egress TestCompareCounts"}, "", ""},
	{"exact counts out of a sum and a mean", "a sum is the mean times the rounded count", []string{"egress TestExactCountsCannotBeDivided"}, "", ""},
	{"asking again after each rejection", "bits of the outcome budget", []string{"domain TestOutcomeBudget", "domain TestBitsStayTaken"}, "", ""},
	{"answers by a module's errors", "the end is told by decision alone, and charged", []string{"domain TestErrorsOfAModule", "domain TestACodeIsToldByDecision"}, "", ""},
	{"answers by lines of a log", "released by a reviewer, and charged byte by byte", []string{"domain TestExcerpt", "domain TestExcerptWithinTheBudget"}, "", ""},
	{"nine known people and one by a condition", "not refused: a person reads the conditions", []string{"egress TestThresholdOracleRemains"}, "", ""},
	{"bills of each person split among three figures", "differencing", []string{"egress TestSplitBillsAreFound", "egress/history TestSplits"}, "", ""},
}

// TestLaundering tries each trick here, or holds that the test exists that does.
func TestLaundering(t *testing.T) {
	t.Parallel()
	f := open(t)
	sources := map[string]string{}
	for _, trick := range tricks {
		if len(trick.tests) == 0 && trick.job == "" {
			t.Errorf("%s: nothing shows that it ends in %s", trick.name, trick.end)
		}
		for _, test := range trick.tests {
			folder, name, _ := strings.Cut(test, " ")
			if sources[folder] == "" {
				sources[folder] = testSources(t, folder)
			}
			if !strings.Contains(sources[folder], "\nfunc "+name+"(t *testing.T) {") {
				t.Errorf("%s: package %s has no %s", trick.name, folder, name)
			}
		}
		if trick.job != "" {
			t.Run(trick.name, func(t *testing.T) { f.launder(t, trick) })
		}
	}
}

func testSources(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no tests: %v", folder, err)
	}
	var all strings.Builder
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

// launder holds that the job is refused when it comes in, fails when it is checked, or
// publishes nothing, by the rule.
func (f *fixture) launder(t *testing.T, trick trick) {
	wang := f.as("wang")
	text := "name: 统计\nscenario: chronic\nquestion: 统计\n" + trick.job
	j, err := wang.Jobs().Submit(t.Context(), wang.Actor, job.Package{File: "job.yaml", Manifest: []byte(text)})
	if err != nil {
		if !strings.Contains(err.Error(), trick.says) {
			t.Errorf("refused by another rule: %v", err)
		}
		return
	}
	if _, err := wang.Jobs().Run(t.Context(), wang.Actor, j.ID); err != nil {
		t.Fatal(err)
	}
	r := f.review(j.ID)
	switch {
	case r.Failure != nil && strings.Contains(r.Failure.Text, trick.says):
	case r.Failure != nil:
		t.Errorf("failed by another rule: %+v", r.Failure)
	default:
		table := &r.Report.Tables[0]
		rules := ""
		for rule, n := range table.Failing {
			if n == table.Withheld {
				rules += string(rule) + " "
			}
		}
		if table.Published != nil || !strings.Contains(rules, trick.says) {
			t.Errorf("it is published, or withheld by other rules: %s", rules)
		}
	}
}
