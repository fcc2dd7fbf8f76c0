package idnum

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var checks = map[string]func(string) bool{
	"resident_id": ResidentID, "resident_id_15": OldResidentID, "social_security_no": ResidentID,
	"uscc": CreditCode, "org_code": OrganisationCode, "bank_card": BankCard,
	"hong_kong": HongKongID, "taiwan": TaiwanID, "foreign": ForeignResidentID,
}

// Published examples (GB 11643: 11010519491231002X and 440524188001010014), numbers
// computed by hand, and each with one fault.
func TestVectors(t *testing.T) {
	for _, c := range []struct {
		check, value string
		want         bool
	}{
		{"resident_id", "11010519491231002X", true},
		{"resident_id", "440524188001010014", true},
		{"resident_id", "11010519491231002x", false},
		{"resident_id", "110105194912310021", false},
		{"resident_id", "11010519491231002", false},
		{"resident_id", "11010519491231002XX", false},
		{"resident_id", "１10105194912310", false},
		{"resident_id", "", false},
		{"resident_id_15", "110105491231002", true},
		{"resident_id_15", "110105490229002", false},
		{"resident_id_15", "110105480229002", true},
		{"resident_id_15", "990105491231002", false},
		{"resident_id_15", "11010549123100X", false},
		{"org_code", "D2143569X", true}, // the example of GB 11714
		{"org_code", "D2143569-X", true},
		{"org_code", "D2143569-1", false},
		{"org_code", "D2143569X-", false},
		{"org_code", "d2143569X", false},
		{"org_code", "D21-43569X", false},
		{"org_code", "", false},
		{"uscc", "91350100M000100Y43", true}, // the example of GB 32100
		{"uscc", "91350100M000100Y44", false},
		{"uscc", "9135010OM000100Y43", false},
		{"uscc", "91350100M000100y43", false},
		{"uscc", "91350100M000100Y4", false},
		{"uscc", "913501000M000100Y43", false},
		{"bank_card", "4111111111111111", true}, // the test number of card networks
		{"bank_card", "4111111111111112", false},
		{"bank_card", "411111111111111a", false},
		{"bank_card", "000000000000", false},
		{"bank_card", strings.Repeat("0", 13), true},
		{"bank_card", strings.Repeat("0", 19), true},
		{"bank_card", strings.Repeat("0", 20), false},
		{"hong_kong", "A1234563", true},
		{"hong_kong", "A1234564", false},
		{"hong_kong", "AB9876543", true},
		{"hong_kong", "G123456A", true},
		{"hong_kong", "a1234563", false},
		{"hong_kong", "11234563", false},
		{"hong_kong", "A12345A3", false},
		{"hong_kong", "ABC9876543", false},
		{"hong_kong", "1234563", false},
		{"hong_kong", "", false},
		{"taiwan", "A123456789", true},
		{"taiwan", "A123456780", false},
		{"taiwan", "F131104093", true},
		{"taiwan", "A223456781", true},
		{"taiwan", "A323456781", false},
		{"taiwan", "A800000014", true},
		{"taiwan", "AC01234567", true},
		{"taiwan", "AE01234567", false},
		{"taiwan", "1123456789", false},
		{"taiwan", "A12345678", false},
		{"taiwan", "", false},
		{"foreign", "911105198501020018", true},
		{"foreign", "911105198501020019", false},
		{"foreign", "911105198502300018", false},
		{"foreign", "999105198501020018", false},
		{"foreign", "110105194912310021", false},
	} {
		if got := checks[c.check](c.value); got != c.want {
			t.Errorf("%s(%q) = %v", c.check, c.value, got)
		}
	}
	for value, want := range map[string]bool{"79927398713": true, "79927398710": false, "00": true, "18": true, "0": false, "": false, "1-8": false} {
		if Luhn(value) != want {
			t.Errorf("Luhn(%q) = %v", value, !want)
		}
	}
}

func TestSharedCases(t *testing.T) {
	b, err := os.ReadFile("../../../shared/cases/pii.json")
	if err != nil {
		t.Skip("the shared cases are not beside this repository")
	}
	var file struct {
		Cases []struct {
			ID, Type, Value, Why string
			Expect               *bool
		}
		Columns []struct {
			Expect string
			Values []string
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, c := range file.Cases {
		if check := checks[c.Type]; check != nil && c.Expect != nil {
			tried++
			if check(c.Value) != *c.Expect {
				t.Errorf("%s: %s(%q) is not %v: %s", c.ID, c.Type, c.Value, *c.Expect, c.Why)
			}
		}
	}
	for _, column := range file.Columns {
		if check := checks[column.Expect]; check != nil {
			for _, v := range column.Values {
				if v != "" && !check(v) {
					t.Errorf("%s refuses %q", column.Expect, v)
				}
				tried++
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d cases were of a kind that is checked here", tried)
	}
}

// A single changed character is always noticed; so are two neighbours exchanged,
// but for 0 and 9 in a Luhn sum.
func TestSingleFaultsAreNoticed(t *testing.T) {
	org, err := SyntheticOrganisationCode(136)
	if err != nil || org != "PDY001362" {
		t.Fatalf("organisation 136 is %q, %v", org, err)
	}
	for name, value := range map[string]string{
		"resident_id": "11010519491231002X", "uscc": "91350100M000100Y43", "bank_card": "6222026030738011478",
		"foreign": "911105198501020018",
	} {
		check := checks[name]
		for i := range value {
			for _, c := range []byte(creditAlphabet) {
				if bad := value[:i] + string(c) + value[i+1:]; bad != value && check(bad) {
					t.Errorf("%s took %q for %q", name, bad, value)
				}
			}
			if i > 0 {
				swapped := value[:i-1] + string(value[i]) + string(value[i-1]) + value[i+1:]
				if swapped != value && check(swapped) && !(name == "bank_card" && strings.ContainsAny(value[i-1:i], "09")) {
					t.Errorf("%s took %q for %q", name, swapped, value)
				}
			}
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		year, month, day int
		want             bool
	}{
		{2000, 2, 29, true}, {1900, 2, 29, false}, {2023, 2, 29, false}, {2024, 2, 29, true}, {2024, 2, 30, false},
		{2024, 4, 30, true}, {2024, 4, 31, false}, {2024, 12, 31, true}, {2024, 12, 32, false},
		{2024, 0, 1, false}, {2024, 13, 1, false}, {2024, 1, 0, false},
		{1849, 12, 31, false}, {1850, 1, 1, true}, {2099, 12, 31, true}, {2100, 1, 1, false},
	} {
		_, err := SyntheticResidentID("530402", c.year, c.month, c.day, 1)
		if (err == nil) != c.want || realDate(c.year, c.month, c.day) != c.want {
			t.Errorf("%d-%d-%d: %v", c.year, c.month, c.day, err)
		}
	}
}

func TestSyntheticNumbersAreValid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		id, err := SyntheticResidentID("530402", 1920+r.IntN(105), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
		if err != nil || !ResidentID(id) {
			t.Fatalf("%q, %v", id, err)
		}
		code, err := SyntheticCreditCode("530403", 1+r.IntN(99_999))
		if err != nil || !CreditCode(code) || !OrganisationCode(code[8:17]) || !InSyntheticZone(code) || !InSyntheticZone(code[8:17]) {
			t.Fatalf("%q, %v", code, err)
		}
		body := "622202" + code[2:8] + id[6:12]
		if card, ok := SyntheticBankCard(body); !ok || !BankCard(card) {
			t.Fatalf("%q, %v", card, ok)
		}
	}
	for _, region := range []string{"", "53040", "5304021", "53040x", "９９９９９９", "990402", "-10402"} {
		if id, err := SyntheticResidentID(region, 1990, 1, 1, 1); err == nil {
			t.Errorf("region %q gave %q", region, id)
		}
		if code, err := SyntheticCreditCode(region, 1); err == nil && region != "990402" {
			t.Errorf("region %q gave %q", region, code)
		}
	}
	for _, sequence := range []int{-1, 1000} {
		if id, err := SyntheticResidentID("530402", 1990, 1, 1, sequence); err == nil {
			t.Errorf("sequence %d gave %q", sequence, id)
		}
	}
	for n, want := range map[int]bool{-1: false, 0: false, 1: true, 99_999: true, 100_000: false} {
		if _, err := SyntheticCreditCode("530402", n); (err == nil) != want {
			t.Errorf("organisation %d: %v", n, err)
		}
	}
	for code, want := range map[string]bool{"": false, "PDY00000X": false, "PDY00136-2": true, "D2143569X": false, "91350100M000100Y43": false, "PDY001": false} {
		if InSyntheticZone(code) != want {
			t.Errorf("InSyntheticZone(%q) = %v", code, !want)
		}
	}
	for _, body := range []string{"", "12345678901", "1234567890123456789", "12345678901x"} {
		if card, ok := SyntheticBankCard(body); ok {
			t.Errorf("body %q gave %q", body, card)
		}
	}
}

// Whatever passes has its length and alphabet; nothing panics.
func FuzzChecks(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "110105491231002", "91350100M000100Y43", "D2143569-X", "4111111111111111", "A1234563", "A123456789", "影壁影壁影壁"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, check := range checks {
			if check(s) && (len(s) < 8 || len(s) > 19 || strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "") {
				t.Errorf("%s(%q) passed", name, s)
			}
		}
		if BankCard(s) && !Luhn(s) {
			t.Errorf("BankCard(%q) passed without its check digit", s)
		}
	})
}

func TestChecksDoNotAllocate(t *testing.T) {
	passed := 0
	n := testing.AllocsPerRun(100, func() {
		for _, ok := range [...]bool{
			ResidentID("11010519491231002X"), CreditCode("91350100M000100Y43"), OrganisationCode("D2143569-X"), BankCard("6222026030738011478"),
		} {
			if ok {
				passed++
			}
		}
	})
	if passed == 0 {
		t.Error("none of the numbers passed its check")
	}
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkResidentID(b *testing.B) {
	for b.Loop() {
		ResidentID("11010519491231002X")
	}
}

func BenchmarkCreditCode(b *testing.B) {
	for b.Loop() {
		CreditCode("91350100M000100Y43")
	}
}

func BenchmarkBankCard(b *testing.B) {
	for b.Loop() {
		BankCard("6222026030738011478")
	}
}

// TestResidentForms takes each number to the other and back.
func TestResidentForms(t *testing.T) {
	for _, c := range []struct{ id, modern, old string }{
		{"11010519491231002X", "11010519491231002X", "110105491231002"},
		{"110105491231002", "11010519491231002X", "110105491231002"},
		{"110105190001010013", "", ""}, // wrong check character
		{"110105491331002", "", ""},    // no date
		{"91350100M000100Y43", "", ""},
		{"", "", ""},
	} {
		modern, old, ok := ResidentForms(c.id)
		if modern != c.modern || old != c.old || ok != (c.modern != "") {
			t.Errorf("%q: %q, %q, %v", c.id, modern, old, ok)
		}
	}
	for _, year := range []int{1899, 2000} { // no 15 digits were issued to these, or they would be another's
		id, err := SyntheticResidentID("110105", year, 1, 1, 1)
		if _, _, ok := ResidentForms(id); err != nil || ok {
			t.Errorf("%s: %v, %v", id, ok, err)
		}
	}
}
