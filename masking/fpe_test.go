package masking

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/internal/idnum"
	"yingbi/masking/detect"
)

// Each format: what stays, what is valid, and that Detokenise gives the number back.
func TestFormats(t *testing.T) {
	isMobile := func(s string) bool {
		n, _ := splitMobile(make([]byte, maxNumerals), []byte(s))
		return n == 8 && len(s) == 11
	}
	for _, c := range []struct {
		format   string
		value    func(*rand.Rand, int) string
		valid    func(string) bool
		kept     int // characters that stay
		imitates detect.Type
	}{
		{"resident_id", anyResident, idnum.ResidentID, 0, detect.ResidentID},
		{"bank_card", anyCard, idnum.BankCard, 6, detect.BankCard},
		{"mobile", anyMobile, isMobile, 3, detect.Mobile},
		{"uscc", anyCredit, idnum.CreditCode, 8, detect.USCC},
		{"digits", anyDigits, allDigits, 0, 0},
	} {
		r, ruleText := rand.New(rand.NewPCG(9, 1)), "{rule: fpe, format: "+c.format+"}"
		const n = 5000
		values := make([]string, n)
		for i := range values {
			values[i] = c.value(r, i)
		}
		p, columns := policyOf(t, "c: "+ruleText), []Column{{Name: "c", Type: text}}
		got, column := apply(t, ruleText, columns[0], columnOf(t, text, values...))
		if column.Imitates != c.imitates || column.Raw {
			t.Errorf("%s makes the column %+v", c.format, column)
		}
		same := 0
		for i, v := range spell(got) {
			if v == values[i] {
				same++
			}
			if len(v) != len(values[i]) || !c.valid(v) || v[:c.kept] != values[i][:c.kept] {
				t.Fatalf("%s: %s becomes %s", c.format, values[i], v)
			}
			if i%50 > 0 {
				continue
			}
			if back, err := p.Detokenise(columns, "c", secret, v); err != nil || back != values[i] {
				t.Fatalf("%s: %s becomes %s and opens to %s, %v", c.format, values[i], v, back, err)
			}
		}
		if same > 1 {
			t.Errorf("%s: %d of %d numbers stay themselves", c.format, same, n)
		}
	}
}

// Resident numbers next to each other are spread over regions, births and sequences.
func TestResidentNumbersAreSpread(t *testing.T) {
	var values []string
	for i := range 900 {
		id, err := idnum.SyntheticResidentID("530402", 1990, 1, 1, i)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, id)
	}
	got, _ := apply(t, "{rule: fpe, format: resident_id}", Column{Type: text}, columnOf(t, text, values...))
	provinces, births := map[string]bool{}, map[string]bool{}
	for _, v := range spell(got) {
		provinces[v[:2]], births[v[6:14]] = true, true
	}
	if len(provinces) < 30 || len(births) < 850 {
		t.Errorf("900 neighbours lie in %d provinces and on %d days", len(provinces), len(births))
	}
}

func TestFPESpellings(t *testing.T) {
	resident, _ := idnum.SyntheticResidentID("530402", 1990, 1, 1, 123)
	for format, cases := range map[string]struct{ same, wrong []string }{
		"mobile": {
			[]string{"13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678", "008613812345678", "8613812345678", "１３８１２３４５６７８"},
			[]string{"", "1381234567", "138123456789", "12812345678", "02812345678", "1381234567x", "+8513812345678", "13x12345678"},
		},
		"resident_id": {
			[]string{resident, strings.ToLower(resident), resident[:6] + " " + resident[6:14] + " " + resident[14:]},
			[]string{resident[:17], resident[:17] + string('0'+(resident[17]-'0'+1)%10), resident[:6] + "19900230" + resident[14:], "99" + resident[2:], "530103590601488"},
		},
		"bank_card": {
			[]string{"6222021234567894", "6222 0212 3456 7894"},
			[]string{"6222021234567890", "622202123456", "62220212345678901234"},
		},
		"uscc": {
			[]string{"91530402PDY00001XB", "91530402-PDY00001-XB"},
			[]string{"91530402PDY00001XC", "91530402PDY00001B"},
		},
		"digits": {
			[]string{"000123", "0001-23"},
			[]string{"12345", strings.Repeat("1", 37), "12a456", "-"},
		},
	} {
		ruleText := "{rule: fpe, format: " + format + "}"
		if format == "uscc" {
			cases.same[0], _ = idnum.SyntheticCreditCode("530402", 1)
			cases.same[1] = cases.same[0][:8] + "-" + cases.same[0][8:]
		}
		if format == "bank_card" {
			cases.same[0], _ = idnum.SyntheticBankCard("622202123456789")
			cases.same[1] = cases.same[0][:4] + " " + cases.same[0][4:]
		}
		got, _ := apply(t, ruleText, Column{Type: text}, columnOf(t, text, append(cases.same, cases.wrong...)...))
		for i, v := range spell(got) {
			if i < len(cases.same) && (v != got.ValueStr(0) || v == null) {
				t.Errorf("%s: %q becomes %s, and %q %s", format, cases.same[i], v, cases.same[0], got.ValueStr(0))
			}
			if i >= len(cases.same) && v != null {
				t.Errorf("%s: %q becomes %s", format, cases.wrong[i-len(cases.same)], v)
			}
		}
	}
}

// Every network that there is stays itself.
func TestMobileNetworks(t *testing.T) {
	var values []string
	for network := range 100 {
		values = append(values, fmt.Sprintf("1%02d12345678", network))
	}
	got, _ := apply(t, "{rule: fpe, format: mobile}", Column{Type: text}, columnOf(t, text, values...))
	for network, v := range spell(got) {
		if want := values[network][:3]; (v == null) != (network < 30) || v != null && v[:3] != want {
			t.Errorf("%s becomes %s", values[network], v)
		}
	}
}

// What stays selects another permutation: who knows one number of an operator knows
// nothing of another operator's.
func TestWhatStaysIsTheTweak(t *testing.T) {
	for format, pair := range map[string][2]string{"mobile": {"13812345678", "13912345678"}, "digits": {"00123456", "0123456"}} {
		got, _ := apply(t, "{rule: fpe, format: "+format+"}", Column{Type: text}, columnOf(t, text, pair[0], pair[1]))
		a, b := got.ValueStr(0), got.ValueStr(1)
		if a[len(a)-6:] == b[len(b)-6:] {
			t.Errorf("%s: %v becomes %s and %s", format, pair, a, b)
		}
	}
}

// Kinds and formats have keys of their own; a kind links columns.
func TestFPEKeys(t *testing.T) {
	const value = "13812345678"
	of := func(ruleText, dataset, subject string) string {
		return pseudonymOf(t, secret, ruleText, dataset, subject, "text", value)
	}
	reference := of("{rule: fpe, format: digits, kind: person}", "d", "")
	for _, c := range []struct {
		rule, dataset, subject string
		same                   bool
	}{
		{"{rule: fpe, format: digits, kind: person}", "e", "", true},
		{"{rule: fpe, format: digits}", "e", "person", true},
		{"{rule: fpe, format: digits, kind: firm}", "d", "", false},
		{"{rule: fpe, format: digits}", "d", "", false},
	} {
		if got := of(c.rule, c.dataset, c.subject); (got == reference) != c.same {
			t.Errorf("%s in %s: %s against %s", c.rule, c.dataset, got, reference)
		}
	}
}

// Tokens open to their value, and only they do.
func TestTokens(t *testing.T) {
	values := []string{"", "a", "张三", person, strings.Repeat("x", 15), strings.Repeat("x", 16), strings.Repeat("长", 85), strings.Repeat("x", 256), "with\x00zero", "\x80", "end\x80\x00"}
	p, columns := policyOf(t, "c: token", "k: {rule: token, kind: person}"), []Column{{Name: "c", Type: text}, {Name: "k", Type: text}}
	got, _ := apply(t, "token", columns[0], columnOf(t, text, append(values, strings.Repeat("x", 257), null)...))
	for i, v := range values {
		token := got.ValueStr(i)
		if back, err := p.Detokenise(columns, "c", secret, token); err != nil || back != v {
			t.Errorf("%q opens to %q, %v", v, back, err)
		}
		if strings.Trim(token, alphabet) != "" {
			t.Errorf("%q has the token %s", v, token)
		}
	}
	if !got.IsNull(len(values)) {
		t.Error("a value of 257 bytes has a token")
	}
	if len(got.ValueStr(0)) != len(got.ValueStr(4)) || len(got.ValueStr(4)) == len(got.ValueStr(5)) {
		t.Error("lengths do not show in steps of 16 bytes")
	}
	token := got.ValueStr(3)
	for i := range token {
		altered := token[:i] + string(alphabet[(strings.IndexByte(alphabet, token[i])+1)%32]) + token[i+1:]
		if back, err := p.Detokenise(columns, "c", secret, altered); err != crypto.ErrIntegrity || back != "" {
			t.Fatalf("character %d altered: %q, %v", i, back, err)
		}
	}
	for name, c := range map[string]struct {
		column string
		secret []byte
		token  string
	}{
		"another column": {"k", secret, token}, "another scenario": {"c", otherSecret, token}, "capitals": {"c", secret, strings.ToUpper(token)},
		"cut": {"c", secret, token[:len(token)-1]}, "nothing": {"c", secret, ""}, "padding": {"c", secret, token + "="}, "a line": {"c", secret, token + "\n"},
	} {
		if back, err := p.Detokenise(columns, c.column, c.secret, c.token); err != crypto.ErrIntegrity || back != "" {
			t.Errorf("%s: %q, %v", name, back, err)
		}
	}
}

// A kind's tokens are of the one spelling, and link columns and types.
func TestTokensOfAKind(t *testing.T) {
	reference := pseudonymOf(t, secret, "{rule: token, kind: person}", "d", "", "text", person)
	for _, c := range [][4]string{
		{"token", "e", "person", "text"}, {"{rule: token, kind: person}", "e", "", "integer"},
	} {
		if got := pseudonymOf(t, secret, c[0], c[1], c[2], c[3], person); got != reference {
			t.Errorf("%v: %s, want %s", c, got, reference)
		}
	}
	if got := pseudonymOf(t, secret, "{rule: token, kind: person}", "d", "", "text", "53 0402 19900101-1234"); got != reference {
		t.Error("another spelling has another token")
	}
	p := policyOf(t, "c: {rule: token, kind: person}")
	if back, err := p.Detokenise([]Column{{Name: "c", Type: text}}, "c", secret, reference); err != nil || back != person {
		t.Errorf("opens to %q, %v", back, err)
	}
}

func TestDetokeniseRefuses(t *testing.T) {
	columns := []Column{{Name: "c", Type: text}, {Name: "f", Type: text}, {Name: "p", Type: text}}
	p := policyOf(t, "c: token", "f: {rule: fpe, format: mobile}", "p: pseudonym")
	if !p.Opens("c") || !p.Opens("f") {
		t.Error("tokens and enciphered numbers do not open")
	}
	for _, name := range []string{"p", "missing", ""} {
		if p.Opens(name) {
			t.Errorf("column %q opens", name)
		}
		if _, err := p.Detokenise(columns, name, secret, "x"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("column %q: %v", name, err)
		}
	}
	if _, err := p.Detokenise(columns, "f", secret, "02812345678"); fault.KindOf(err) != fault.Invalid || strings.Contains(fmt.Sprint(err), "028") {
		t.Errorf("no mobile number: %v", err)
	}
}

func TestSIVFilling(t *testing.T) {
	for _, b := range []string{"", "x", strings.Repeat("x", 15), strings.Repeat("x", 16), "\x80", "\x00"} {
		filled := fill([]byte(b))
		if back, ok := unfill(filled); !ok || string(back) != b || len(filled)%tokenBlock != 0 {
			t.Errorf("%q becomes %q and %q", b, filled, back)
		}
	}
	for _, b := range []string{"", "\x00\x00", "x"} {
		if back, ok := unfill([]byte(b)); ok {
			t.Errorf("%q was filled from %q", b, back)
		}
	}
}

// FuzzDetokenise: what opens is the value of that very token, whatever is tried.
func FuzzDetokenise(f *testing.F) {
	p, columns := policyOf(f, "c: token", "m: {rule: fpe, format: mobile}", "d: {rule: fpe, format: digits}"),
		[]Column{{Name: "c", Type: text}, {Name: "m", Type: text}, {Name: "d", Type: text}}
	for _, value := range []string{"", "张三", person, "13812345678"} {
		got, _ := apply(f, "token", columns[0], columnOf(f, text, value))
		f.Add(got.ValueStr(0))
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, masked string) {
		if value, err := p.Detokenise(columns, "c", secret, masked); err == nil {
			if got, _ := apply(t, "token", columns[0], columnOf(t, text, value)); got.ValueStr(0) != masked {
				t.Fatalf("%q opens to %q, whose token is %s", masked, value, got.ValueStr(0))
			}
		}
		for _, format := range []string{"m", "d"} {
			if _, err := p.Detokenise(columns, format, secret, masked); err != nil && fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
		}
	})
}
