package audit

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"yingbi/internal/fault"
)

func index(i uint64) *uint64 { return &i }

func sample() Record {
	return Record{
		Time: noon, Actor: "li.wei", Action: "key.unwrap", Phase: Outcome, Target: "key/dataset/claims",
		Ref: index(7), Result: OK, Nonce: [16]byte{1, 2, 15: 0xff},
		Details: map[string]string{"purpose": "慢病 <费用> & \"监测\"", "B": "a\\b\n\t\x01\u2028", "job": "0192"},
	}
}

func TestCanonicalForm(t *testing.T) {
	want := `{"action":"key.unwrap","actor":"li.wei","details":{"B":"a\\b\n\t\u0001` + "\u2028" +
		`","job":"0192","purpose":"慢病 <费用> & \"监测\""},"nonce":"010200000000000000000000000000ff",` +
		`"phase":"outcome","ref":7,"result":"ok","target":"key/dataset/claims","time":"2026-01-02T12:00:00.345678Z"}`
	got, err := sample().encode()
	if err != nil || string(got) != want {
		t.Fatalf("got  %s (%v)\nwant %s", got, err, want)
	}
	back, err := ParseRecord(got)
	if err != nil || !back.Time.Equal(noon) || *back.Ref != 7 || back.Details["B"] != "a\\b\n\t\x01\u2028" {
		t.Fatalf("read back %+v, %v", back, err)
	}
}

func TestTextBecomesNFCAndTimeUTC(t *testing.T) {
	r := event(0)
	r.Actor = "Cafe\u0301"
	r.Time = noon.In(time.FixedZone("CST", 8*3600))
	b, err := r.encode()
	if err != nil || !bytes.Contains(b, []byte(`"Café"`)) || !bytes.Contains(b, []byte("12:00:00.345678Z")) {
		t.Fatalf("%s %v", b, err)
	}
	if _, err := ParseRecord(bytes.Replace(b, []byte("Caf\u00e9"), []byte("Cafe\u0301"), 1)); err == nil {
		t.Fatal("text that is not NFC was accepted")
	}
}

func TestRecordRefusals(t *testing.T) {
	tests := map[string]func(*Record){
		"no action":           func(r *Record) { r.Action = "" },
		"upper-case action":   func(r *Record) { r.Action = "Key.Unwrap" },
		"long action":         func(r *Record) { r.Action = strings.Repeat("a", maxName+1) },
		"no actor":            func(r *Record) { r.Actor = "" },
		"long actor":          func(r *Record) { r.Actor = strings.Repeat("a", maxSubject+1) },
		"no target":           func(r *Record) { r.Target = "" },
		"target not UTF-8":    func(r *Record) { r.Target = "\xff" },
		"no phase":            func(r *Record) { r.Phase = "" },
		"outcome without ref": func(r *Record) { r.Ref = nil },
		"ref out of range":    func(r *Record) { r.Ref = index(maxIndex + 1) },
		"no result":           func(r *Record) { r.Result = "" },
		"result with quote":   func(r *Record) { r.Result = `o"k` },
		"intent with ref":     func(r *Record) { r.Phase, r.Result = Intent, "" },
		"event with result":   func(r *Record) { r.Phase, r.Ref = Event, nil },
		"year 1969":           func(r *Record) { r.Time = time.Unix(-1, 0) },
		"year 10000":          func(r *Record) { r.Time = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"detail name":         func(r *Record) { r.Details = map[string]string{"区县": "x"} },
		"detail not UTF-8":    func(r *Record) { r.Details = map[string]string{"a": "\xc0"} },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			r := sample()
			spoil(&r)
			_, err := r.encode()
			wantKind(t, err, fault.Invalid)
		})
	}
}

func TestRecordSizeLimit(t *testing.T) {
	r := event(0)
	r.Time = noon
	r.Details = map[string]string{"a": ""}
	empty, err := r.encode()
	if err != nil {
		t.Fatal(err)
	}
	room := maxRecord - len(empty)
	for n, ok := range map[int]bool{room - 1: true, room: true, room + 1: false} {
		r.Details["a"] = strings.Repeat("x", n)
		b, err := r.encode()
		if ok != (err == nil) {
			t.Fatalf("%d bytes: %v", len(empty)+n, err)
		}
		if !ok {
			wantKind(t, err, fault.Limit)
		} else if _, err := ParseRecord(b); err != nil {
			t.Fatal(err)
		}
	}
}

func TestParseRefusesOtherSpellings(t *testing.T) {
	b, err := sample().encode()
	if err != nil {
		t.Fatal(err)
	}
	s := string(b)
	swap := func(old, new string) string {
		t.Helper()
		if !strings.Contains(s, old) {
			t.Fatalf("%q is not in the sample", old)
		}
		return strings.Replace(s, old, new, 1)
	}
	for _, other := range []string{
		"", "null", "[]", s + " ", " " + s, s + s, s[:len(s)-1],
		swap(`"action":`, `"Action":`),
		swap(`{"action":"key.unwrap",`, `{"action":"key.unwrap","action":"key.unwrap",`),
		swap(`{"action":"key.unwrap","actor":"li.wei"`, `{"actor":"li.wei","action":"key.unwrap"`),
		swap(`"phase"`, `"extra":1,"phase"`),
		swap(`\u0001`, `\u0001\u0002`[:6]+"\x01"),
		swap(`<`, `\u003c`), swap(`\n`, `\u000a`), swap(`"ref":7`, `"ref":7.0`), swap(`"ref":7`, `"ref":07`),
		swap(`ff"`, `FF"`), swap(`.345678Z`, `.345Z`), swap(`Z"}`, `+00:00"}`), swap(`"B":`, `"z":`),
	} {
		if _, err := ParseRecord([]byte(other)); err == nil {
			t.Errorf("accepted %s", other)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	for _, r := range []Record{sample(), {Time: noon, Actor: "a", Action: "b", Phase: Intent, Target: "c"}} {
		b, err := r.encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(bytes.ToUpper(b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRecord(b)
		if err != nil {
			return
		}
		again, err := r.encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted %q, wrote %q (%v)", b, again, err)
		}
		if bytes.ContainsAny(b, "\n\x00") {
			t.Fatal("a canonical record holds a line break")
		}
	})
}

// TestNames holds the checks of names to the expressions that the format gives.
func TestNames(t *testing.T) {
	forms := map[string]struct {
		is   func(string) bool
		form *regexp.Regexp
	}{
		"action": {isAction, regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)},
		"result": {isResult, regexp.MustCompile(`^[a-z]+([ -][a-z]+)*$`)},
		"detail": {isDetail, regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)},
	}
	const alphabet = "az09AZ._- \n\x00é\""
	random := rand.New(rand.NewPCG(1, 2))
	accepted := map[string]int{}
	for range 100_000 {
		b := make([]byte, 1+random.IntN(6))
		for i := range b {
			b[i] = alphabet[random.IntN(len(alphabet))]
		}
		for name, f := range forms {
			got := f.is(string(b))
			if got != f.form.Match(b) {
				t.Fatalf("%s %q: %v", name, b, got)
			}
			if got {
				accepted[name]++
			}
		}
	}
	for name := range forms {
		if accepted[name] < 100 {
			t.Errorf("%d accepted names of kind %s; the test looks at nothing", accepted[name], name)
		}
	}
}
