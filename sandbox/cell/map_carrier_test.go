//go:build linux && cgo

package cell

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"yingbi/sandbox/abi"
)

// lebs writes numbers as a module does.
func lebs(numbers ...uint64) (b []byte) {
	for _, n := range numbers {
		for ; n > 0x7f; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		b = append(b, byte(n))
	}
	return b
}

// part is a section, or a body with its size.
func part(prefix []byte, content ...[]byte) []byte {
	all := slices.Concat(content...)
	return slices.Concat(prefix, lebs(uint64(len(all))), all)
}

func word(s string) []byte { return part(nil, []byte(s)) }

// carrier is a mapping that looks for what it left behind, wherever an instance can
// leave anything, and leaves it again: fields 0 a global, 1 memory, 2 the size of
// memory, 3 memory that was grown, 4 the size of a table, 5 an entry of it. Then it
// copies from a data segment and from an element segment and drops both, which traps
// where that has happened before.
func carrier() []byte {
	record := func(field byte, value ...byte) []byte { // value is an i32
		return slices.Concat([]byte{0x41, field}, value, []byte{0xad, 0x10, 0, 0x1a})
	}
	at := func(address uint64) []byte { return append([]byte{0x41}, lebs(address)...) }
	load, store := []byte{0x2d, 0, 0}, []byte{0x41, 1, 0x3a, 0, 0}
	body := slices.Concat(
		lebs(0),
		record(0, 0x23, 0), []byte{0x41, 1, 0x24, 0},
		record(1, slices.Concat(at(32), load)...), at(32), store,
		record(2, 0x3f, 0), []byte{0x41, 1, 0x40, 0, 0x1a},
		record(3, slices.Concat(at(1<<16), load)...), at(1<<16), store,
		record(4, 0xfc, 16, 0), []byte{0xd0, 0x70, 0x41, 1, 0xfc, 15, 0, 0x1a},
		record(5, 0x41, 0, 0x25, 0, 0xd1), []byte{0x41, 0, 0xd2, 1, 0x26, 0},
		at(40), []byte{0x41, 0, 0x41, 1, 0xfc, 8, 0, 0, 0xfc, 9, 0},
		[]byte{0x41, 0, 0x41, 0, 0x41, 1, 0xfc, 12, 0, 0, 0xfc, 13, 0},
		[]byte{0x41, 0, 0x0b},
	)
	return slices.Concat([]byte("\x00asm\x01\x00\x00\x00"),
		part([]byte{1}, []byte{2, 0x60, 0, 1, 0x7f, 0x60, 2, 0x7f, 0x7e, 1, 0x7f}),
		part([]byte{2}, []byte{1}, word("yingbi"), word("record"), []byte{0, 1}),
		part([]byte{3}, []byte{1, 0}),
		part([]byte{4}, []byte{1, 0x70, 1, 1, 100}),
		part([]byte{5}, []byte{1, 0, 1}),
		part([]byte{6}, []byte{1, 0x7f, 1, 0x41, 0, 0x0b}),
		part([]byte{7}, []byte{2}, word("memory"), []byte{2, 0}, word("yb_map"), []byte{0, 1}),
		part([]byte{9}, []byte{1, 1, 0, 1, 1}),
		part([]byte{12}, []byte{1}),
		part([]byte{10}, []byte{1}, part(nil, body)),
		part([]byte{11}, []byte{1, 1, 1, 'x'}),
	)
}

// buildCarrier puts the carrier where guestModule finds it.
func buildCarrier(t testing.TB) {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if built.modules["carrier"] != nil {
		return
	}
	code, err := compile(context.Background(), t.TempDir(), carrier(), testPages)
	if err != nil {
		t.Fatal(err)
	}
	built.modules["carrier"], built.codes["carrier"] = carrier(), code
}

const foundNothing = "0 0 1 0 1 1 0"

// TestNothingIsCarried has a module that carries state wherever it can. With an
// instance of its own each subject finds what the first one found. With shared
// instances the second finds the segments dropped, which shows that it looks.
func TestNothingIsCarried(t *testing.T) {
	buildCarrier(t)
	const subjects = 2000 // several stretches, and both workers
	view, counts := firsts(make([]int64, subjects)...)
	for _, batch := range []int{1, 2} {
		req := mapRequest(field("global"), field("memory"), field("pages"), field("grown"), field("entries"), field("entry"))
		req.Batch = batch
		got, _, err := mapOver(t, "carrier", "rows", req, view, counts, "n")
		if err != nil {
			t.Fatal(err)
		}
		expected := slices.Repeat([]string{foundNothing}, subjects)
		for i := range expected {
			if batch == 2 && i%2 == 1 {
				expected[i] = "∅ ∅ ∅ ∅ ∅ ∅ 1"
			}
		}
		want(t, got, expected...)
	}
}

// TestTheHostCarriesNothing reads clocks and randomness, fills the log and calls more
// than half as often as one subject may.
func TestTheHostCarriesNothing(t *testing.T) {
	view, counts := firsts(0, 0, 0)
	for _, c := range []struct {
		batch  int
		steady []int // microseconds since the instance began
	}{{1, []int{1, 1, 1}}, {3, []int{1, 3, 5}}} {
		req := mapRequest(field("wall"), field("steady"), field("random"), field("lines"), field("calls"))
		req.Batch = c.batch
		got, _, err := mapOver(t, "mapper", "host", req, view, counts, "n")
		if err != nil {
			t.Fatal(err)
		}
		rows := show(got)
		for i, row := range rows {
			steady := strconv.Itoa(1000 * (c.steady[i] + 1))
			if !slices.Equal(row, []string{"1700000000000001000", steady, rows[0][2], strconv.Itoa(maxSubjectLog / 101), "600000", "0"}) {
				t.Errorf("batch %d, subject %d: %v", c.batch, i, row)
			}
		}
	}
}

// TestABatchSharesItsInstance counts in memory. No instance serves more subjects than
// the request says, and none goes on after a failure.
func TestABatchSharesItsInstance(t *testing.T) {
	view, counts := firsts(make([]int64, 1300)...)
	for _, batch := range []int{1, 3, 600} {
		req := mapRequest(field("met"))
		req.Batch = batch
		got, _, err := mapOver(t, "mapper", "carry", req, view, counts, "n")
		if err != nil {
			t.Fatal(err)
		}
		for i, met := range got.Columns[0].Ints {
			if met != int64(i%batch+1) {
				t.Fatalf("batch %d: subject %d is number %d of its instance", batch, i, met)
			}
		}
	}
}

// TestMappingsRepeat runs the same mapping twice, over several stretches and with
// logs: the answers have the same bytes.
func TestMappingsRepeat(t *testing.T) {
	numbers := make([]int64, 3000)
	for i := range numbers {
		numbers[i] = int64(i % 4)
	}
	view, counts := firsts(numbers...)
	var answers [2]string
	for i := range answers {
		got, log, err := mapOver(t, "mapper", "fail", mapRequest(field("n")), view, counts, "n")
		if err != nil {
			t.Fatal(err)
		}
		b, err := abi.Encode(nil, got)
		if err != nil {
			t.Fatal(err)
		}
		answers[i] = string(b) + log
	}
	if answers[0] != answers[1] {
		t.Fatal("the same request gave two answers")
	}
}
