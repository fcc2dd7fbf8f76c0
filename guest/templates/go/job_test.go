package main

import (
	"slices"
	"testing"

	yingbi "yingbi/guest/go"
)

// TestIndex runs the job outside the domain, over a table that the test makes.
func TestIndex(t *testing.T) {
	var table yingbi.Table
	district, visits, cost := table.Text("district"), table.Integer("visits"), table.Double("cost")
	district.Append("江北")
	visits.Append(300)
	cost.Append(300 * 100)
	district.Append("江南")
	visits.Append(100)
	cost.Append(100 * 300)
	district.Append("山里") // withheld by disclosure control
	visits.AppendNull()
	cost.AppendNull()
	frame, err := table.Encode()
	if err != nil {
		t.Fatal(err)
	}
	done, err := yingbi.Try(job, yingbi.Given{Name: "by_district", Kind: yingbi.Finished, Frames: [][]byte{frame}})
	if err != nil || len(done.Emitted) != 1 || done.Emitted[0].Output != "index" {
		t.Fatalf("%v, %+v", err, done)
	}
	f := done.Emitted[0].Frame
	var got []string
	for i := range f.Rows {
		text := "-"
		if index := f.Column("index"); !index.IsNull(i) {
			text = yingbi.FormatDecimal(index.Ints()[i], index.Scale)
		}
		got = append(got, f.Column("district").Text(i)+" "+text)
	}
	// All: 400 visits for 60,000 yuan, 150 each.
	if want := []string{"江北 66.7", "江南 200.0", "山里 -"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestWithoutItsInput(t *testing.T) {
	if _, err := yingbi.Try(job); err == nil {
		t.Fatal("the job succeeded without an input")
	}
}
