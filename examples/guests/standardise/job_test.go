package main

import (
	"slices"
	"testing"

	yingbi "yingbi/guest/go"
)

// given is a finished table as the job's only input.
func given(t *testing.T, table *yingbi.Table) yingbi.Given {
	t.Helper()
	frame, err := table.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return yingbi.Given{Name: input, Kind: yingbi.Finished, Frames: [][]byte{frame}}
}

// indices runs the job and gives its index by district, "-" for null.
func indices(t *testing.T, table *yingbi.Table) []string {
	t.Helper()
	done, err := yingbi.Try(job, given(t, table))
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Emitted) != 1 || done.Emitted[0].Output != output || len(done.Emitted[0].Frame.Columns) != 2 {
		t.Fatalf("%+v", done.Emitted)
	}
	f := done.Emitted[0].Frame
	var list []string
	for i := range f.Rows {
		text := "-"
		if index := f.Column("index"); !index.IsNull(i) {
			text = yingbi.FormatDecimal(index.Ints()[i], index.Scale)
		}
		list = append(list, f.Column("district").Text(i)+" "+text)
	}
	return list
}

// TestAgesAreTakenOut has two districts with the same means in each band and
// other ages, and one with a withheld cell.
func TestAgesAreTakenOut(t *testing.T) {
	var table yingbi.Table
	district, band := table.Text("district"), table.Text("age_band")
	visits, cost := table.Integer("visits"), table.Decimal("cost", 18, 2)
	for _, r := range []struct {
		district, band string
		visits, cost   int64
	}{
		{"江北", "young", 300, 300 * 100_00}, {"江北", "old", 100, 100 * 500_00},
		{"江南", "young", 100, 100 * 100_00}, {"江南", "old", 300, 300 * 500_00},
		{"山里", "young", 50, 50 * 100_00}, {"山里", "old", 0, 0},
	} {
		district.Append(r.district)
		band.Append(r.band)
		if r.visits == 0 {
			visits.AppendNull()
			cost.AppendNull()
			continue
		}
		visits.Append(r.visits)
		cost.Append(r.cost)
	}
	// All: 450 young at 100, 400 old at 500: a mean of 288.24, which both have.
	if got := indices(t, &table); !slices.Equal(got, []string{"山里 -", "江北 100.0", "江南 100.0"}) {
		t.Fatal(got)
	}
}

// TestWithoutAges compares plain means, of people where no visits are given.
func TestWithoutAges(t *testing.T) {
	var table yingbi.Table
	district, people, cost := table.Text("district"), table.Integer("people"), table.Double("cost")
	for _, name := range []string{"b", "a"} {
		district.Append(name)
		people.Append(10)
	}
	cost.Append(1000)
	cost.Append(3000)
	if got := indices(t, &table); !slices.Equal(got, []string{"a 150.0", "b 50.0"}) {
		t.Fatal(got)
	}
}

func TestWithoutItsColumns(t *testing.T) {
	var table yingbi.Table
	table.Text("district").Append("江北")
	if _, err := yingbi.Try(job, given(t, &table)); err == nil {
		t.Fatal("accepted")
	}
	if _, err := yingbi.Try(job); err == nil {
		t.Fatal("accepted without an input")
	}
}
