package idnum

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Every rank with a number gives a valid one that has this rank, and numbers have
// ranks, in order.
func TestResidentRanks(t *testing.T) {
	r := rand.New(rand.NewPCG(11643, 1))
	taken := 0
	for range 200_000 {
		rank := r.Uint64N(ResidentRanks)
		id, ok := AppendResidentID(nil, rank)
		if !ok {
			continue
		}
		taken++
		if back, ok := ResidentRank(string(id)); !ok || back != rank {
			t.Fatalf("rank %d has number %s, which has rank %d, %v", rank, id, back, ok)
		}
	}
	if taken < 195_000 || taken > 198_000 { // 91,310 of 93,000 days are in the calendar
		t.Errorf("%d of 200000 ranks have a number", taken)
	}
	for _, c := range []struct {
		id   string
		rank uint64
	}{
		{"11000018500101000", 0}, {"83999920991231999", ResidentRanks - 1}, {"12000018500101000", 10_000 * dateSlots * 1000},
	} {
		id := c.id + string(residentCheck(c.id))
		if rank, ok := ResidentRank(id); !ok || rank != c.rank {
			t.Errorf("%s has rank %d, %v; want %d", id, rank, ok, c.rank)
		}
	}
	for _, rank := range []uint64{ResidentRanks, 1 << 60, (1*31 + 29) * 1000} { // the last is 30 February 1850
		if id, ok := AppendResidentID([]byte("x"), rank); ok || string(id) != "x" {
			t.Errorf("rank %d has the number %s", rank, id)
		}
	}
	for _, id := range []string{"", "110000185001010000", "11000018500230000X", "1100001850010100"} {
		if _, ok := ResidentRank(id); ok && !ResidentID(id) {
			t.Errorf("%q has a rank", id)
		}
	}
}

func TestCheckCharacters(t *testing.T) {
	for n := 1; n < 99_999; n += 777 {
		code, err := SyntheticCreditCode("530402", n)
		if err != nil {
			t.Fatal(err)
		}
		checks, ok := CreditChecks(code[:16])
		if !ok || code[:16]+string(checks[:]) != code {
			t.Errorf("%s has the check characters %s, %v", code, checks, ok)
		}
		card, _ := SyntheticBankCard("6222021234" + code[11:16])
		if digits := card[:len(card)-1]; LuhnCheck(digits) != card[len(card)-1] {
			t.Errorf("%s has the check digit %c", card, LuhnCheck(digits))
		}
	}
	for _, body := range []string{"", "91530402PDY0000", "91530402PDYI0001", "915304O2PDY00001"} {
		if _, ok := CreditChecks(body); ok {
			t.Errorf("%q has check characters", body)
		}
	}
	var letters []byte
	for v := range byte(31) {
		c := CreditCharacter(v)
		if back, ok := CreditNumeral(c); !ok || back != v {
			t.Errorf("%c is numeral %d, %v", c, back, ok)
		}
		letters = append(letters, c)
	}
	for c := range 256 {
		if _, ok := CreditNumeral(byte(c)); ok != bytes.Contains(letters, []byte{byte(c)}) {
			t.Errorf("%q is a numeral: %v", rune(c), ok)
		}
	}
}
