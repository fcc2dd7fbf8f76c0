//go:build linux && cgo

package domain

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/release"
)

// TestModelAndChart runs a module that fits a regression: the domain takes its
// coefficients, publishes its own, and draws the declared chart as a file of the
// release; all of it comes out the same a second time.
func TestModelAndChart(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.held("logistic", guest(t, "logistic"))
	r := f.review(id)
	if r.Job.Class != "verified" || tableNames(r.Tables) != "by_district fit" || len(r.Report.Models) != 1 {
		t.Fatalf("%s: %s, %+v, %v", r.Job.Class, tableNames(r.Tables), r.Report.Models, r.Report.Warnings)
	}
	m := r.Report.Models[0]
	if m.Verdict != egress.Publish || len(m.Rules) != 0 || m.Step == "" || m.Subjects[0] < 500 || m.Rows < m.Subjects[0] {
		t.Errorf("%+v", m)
	}
	var terms []string
	for _, row := range r.Tables[1].Rows {
		terms = append(terms, row[0].Text)
		coefficient, err1 := strconv.ParseFloat(row[1].Text, 64)
		deviation, err2 := strconv.ParseFloat(row[2].Text, 64)
		if err1 != nil || err2 != nil || math.Abs(coefficient) > 20 || deviation <= 0 || deviation > 1 {
			t.Errorf("%+v", row)
		}
	}
	if got := strings.Join(terms, "; "); got != "intercept; cost; district = '530402'" {
		t.Error(got)
	}
	files := f.released(id)
	cert, err := release.VerifyFiles(files, domainName, f.Info.Public)
	if err != nil {
		t.Fatal(err)
	}
	svg := files["share_map.svg"]
	if !slices.ContainsFunc(cert.Files, func(f release.File) bool { return f.Name == "share_map.svg" }) || !bytes.HasPrefix(svg, []byte("<svg")) && !bytes.HasPrefix(svg, []byte("<?xml")) ||
		!bytes.Contains(svg, []byte("循环系统疾病占比")) || files["fit.csv"] == nil {
		t.Errorf("%+v\n%.200s", cert.Files, svg)
	}
	files["share_map.svg"] = append(svg, ' ')
	_, err = release.VerifyFiles(files, domainName, f.Info.Public)
	wantKind(t, err, fault.Integrity, "share_map.svg")
	sun := f.as("sun")
	if err := sun.Jobs().Replay(t.Context(), sun.Actor, id); err != nil {
		t.Error(err)
	}
}

// TestSkewedModel holds that a module which hides something in its coefficients leaves
// no model, and the reviewer is told.
func TestSkewedModel(t *testing.T) {
	t.Parallel()
	f := open(t)
	r := f.review(f.held("logistic", guest(t, "hostile-skew")))
	m := r.Report.Models[0]
	if m.Verdict != egress.Refuse || !slices.Equal(m.Rules, []egress.Rule{egress.RuleScore}) || m.Published != nil || tableNames(r.Tables) != "by_district" {
		t.Errorf("%+v: %s", m, tableNames(r.Tables))
	}
	if !slices.ContainsFunc(r.Report.Warnings, func(s string) bool { return strings.Contains(s, "not those that the rows give") }) {
		t.Errorf("%v", r.Report.Warnings)
	}
}
