package main

import (
	"testing"

	yingbi "yingbi/guest/go"
)

// claims are the rows of one person, by their chapters.
func claims(t *testing.T, chapters ...string) yingbi.Given {
	t.Helper()
	var table yingbi.Table
	chapter := table.Text("icd_chapter")
	for _, c := range chapters {
		chapter.Append(c)
	}
	frame, err := table.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return yingbi.Given{Name: "claims", Kind: yingbi.Rows, Frames: [][]byte{frame}}
}

// TestRecord makes records outside the domain, over rows that the test makes.
func TestRecord(t *testing.T) {
	for _, person := range []struct {
		chapters     []string
		sick, visits int64
	}{
		{nil, 0, 0},
		{[]string{"X", "XI"}, 0, 2},
		{[]string{"X", "IX", "IX"}, 1, 3},
		{make([]string, 2000), 0, 1000},
	} {
		record, _, err := yingbi.TryMap(one, claims(t, person.chapters...))
		if err != nil || record[circulatory] != person.sick || record[visits] != person.visits {
			t.Errorf("%d rows: %v, %v", len(person.chapters), record, err)
		}
	}
}

func TestWithoutItsInput(t *testing.T) {
	if _, _, err := yingbi.TryMap(one); err == nil {
		t.Fatal("the mapping succeeded without an input")
	}
}
