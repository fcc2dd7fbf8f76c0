//go:build linux && cgo

package cell

import (
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// claims is a masked view: person, district, cost with two digits.
func claims(rows int) *abi.Frame {
	text := func(name string, pick func(i int) string) abi.Column {
		c := abi.Column{Name: name, Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}}
		for i := range rows {
			c.Bytes = append(c.Bytes, pick(i)...)
			c.Offsets = append(c.Offsets, uint32(len(c.Bytes)))
		}
		return c
	}
	cost := abi.Column{Name: "cost", Type: coltype.Type{Kind: coltype.Decimal, Precision: 12, Scale: 2}, Ints: []int64{}}
	for i := range rows {
		cost.Ints = append(cost.Ints, int64(i)*100+50)
	}
	districts := []string{"江北", "江南", "山里"}
	return &abi.Frame{Rows: rows, Columns: []abi.Column{
		text("person", func(i int) string { return string(rune('a'+i%26)) + "7f3c" }),
		text("district", func(i int) string { return districts[i%3] }),
		cost,
	}}
}

func onClaims(t testing.TB, rows int, columns ...string) abi.GuestRequest {
	req := guestRequest()
	req.Outputs = []string{"check"}
	req.Views = []abi.View{{Name: "claims", FD: memfd(t, viewFile(t, claims(rows))), Columns: columns}}
	return req
}

func decoded(t *testing.T, r ran) [][]string {
	t.Helper()
	if r.err != nil || len(r.items) != 1 {
		t.Fatalf("%v, %d items, log %s", r.err, len(r.items), r.log)
	}
	f, err := abi.Decode(r.items[0].Payload, roomy)
	if err != nil {
		t.Fatal(err)
	}
	return show(f)
}

func TestCompareCountsLikeTheDomain(t *testing.T) {
	got := decoded(t, runGuest(t, "compare", onClaims(t, 7, "district", "cost")))
	// rows 0..6: 江北 0 3 6, 江南 1 4, 山里 2 5; cost is the row plus a half
	want := [][]string{{"山里", "2", "800"}, {"江北", "3", "1050"}, {"江南", "2", "600"}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if r := runGuest(t, "compare", onClaims(t, 7, "district")); r.code() != abi.FailGuestExit {
		t.Fatalf("without its column: %v", r.err)
	}
}

func TestSmugglerIsNotStoppedInside(t *testing.T) {
	r := runGuest(t, "hostile-smuggle", onClaims(t, 100, "person", "district", "cost"))
	if got := decoded(t, r); len(got) != 100 || got[1][0] != "b7f3c/150" {
		t.Fatalf("%d rows", len(got))
	}
	if lines := strings.Split(r.log, "\n"); len(lines) != 21 || lines[1] != "b7f3c/150" {
		t.Fatalf("%d lines of log: %s", len(lines), r.log)
	}
}

// finished is a table by_district after disclosure control.
func finished(t testing.TB) []byte {
	return encode(t, &abi.Frame{Rows: 2, Columns: []abi.Column{
		{Name: "district", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0, 6, 12}, Bytes: []byte("江北江南")},
		{Name: "people", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{10, 30}},
		{Name: "cost", Type: coltype.Type{Kind: coltype.Decimal, Precision: 18, Scale: 2}, Ints: []int64{100_00, 900_00}},
	}})
}

func TestStandardiseSeesFinishedTables(t *testing.T) {
	request := func() abi.GuestRequest {
		req := guestRequest()
		req.Outputs = []string{"standardised"}
		req.Tables = []abi.GuestTable{{Name: "by_district", FD: memfd(t, finished(t))}}
		return req
	}
	r := runGuest(t, "standardise", request())
	want := [][]string{{"江北", "400"}, {"江南", "1200"}}
	if got := decoded(t, r); !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if again := runGuest(t, "standardise", request()); again.err != nil || again.log != r.log || string(again.items[0].Payload) != string(r.items[0].Payload) {
		t.Fatal("the same inputs gave other bytes")
	}
}
