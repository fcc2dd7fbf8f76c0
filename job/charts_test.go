package job

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"yingbi/egress"
	"yingbi/egress/chart"
	"yingbi/internal/coltype"
	"yingbi/manifest"
	"yingbi/release"
)

// TestDrawingsAreKinds holds that the manifest names the forms that can be drawn.
func TestDrawingsAreKinds(t *testing.T) {
	var kinds []string
	for _, k := range chart.Kinds() {
		kinds = append(kinds, string(k))
	}
	if !slices.Equal(kinds, manifest.Drawings()) {
		t.Errorf("%v, the manifest has %v", kinds, manifest.Drawings())
	}
}

// TestCharts draws what leaves, leaves out what does not, and gives the same bytes
// twice.
func TestCharts(t *testing.T) {
	typ := func(k coltype.Kind) coltype.Type { return coltype.Type{Kind: k} }
	table := release.Table{Name: "t", Columns: []release.Column{{Name: "district", Type: typ(coltype.Text)}, {Name: "n", Type: typ(coltype.Integer)}},
		Rows: [][]release.Cell{{{Text: "东"}, {Text: "120"}}, {{Text: "西"}, {Suppressed: true}}}, Notes: []string{}}
	empty := table
	empty.Name, empty.Rows = "hidden", [][]release.Cell{{{Text: "东"}, {Suppressed: true}}}
	r := &run{report: &egress.Report{}, manifest: &manifest.Manifest{Charts: []manifest.Chart{
		{Name: "pic", Of: "t", Draw: "bar", X: "district", Y: "n", Title: "人数"},
		{Name: "none", Of: "refused", Draw: "bar", X: "district", Y: "n"},
		{Name: "blank", Of: "hidden", Draw: "bar", X: "district", Y: "n"},
	}}}
	leave := []release.Table{table, empty}
	r.chart(leave)
	if len(leave[0].Charts) != 1 || len(leave[1].Charts) != 0 || len(r.report.Warnings) != 2 ||
		!strings.Contains(r.report.Warnings[0], "chart none is left out: nothing of its table refused leaves") || !strings.Contains(r.report.Warnings[1], "blank") {
		t.Fatalf("%+v, %q", leave, r.report.Warnings)
	}
	b, err := release.EncodeTables(leave)
	if err != nil {
		t.Fatal(err)
	}
	var drawn [2][]byte
	for i := range drawn {
		files, err := release.Files(b, release.Terms{})
		if err != nil {
			t.Fatal(err)
		}
		before := len(files)
		if err := drawCharts(files); err != nil || len(files) != before+1 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		drawn[i] = files["pic.svg"]
	}
	if !bytes.Equal(drawn[0], drawn[1]) || !bytes.Contains(drawn[0], []byte("人数")) {
		t.Errorf("%s", drawn[0])
	}
}
