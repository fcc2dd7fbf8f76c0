package abi

import "testing"

// Every refusal travels as a place in the list and comes back as its word.
func TestRefusals(t *testing.T) {
	for _, want := range refusals {
		f, err := ParseFailure(Refuse(want).Payload())
		if err != nil || f.Code != FailRefused || f.Refusal() != want || f.Error() != "refused: "+string(want) {
			t.Errorf("%s: %v, %v", want, f, err)
		}
	}
	for _, f := range []Failure{{Code: FailRefused}, {Code: FailRefused, At: len(refusals) + 1}, {Code: FailRefused, At: -1}, {Code: FailLimit, At: 1}, Refuse("other")} {
		if f.Refusal() != "" {
			t.Errorf("%+v: %q", f, f.Refusal())
		}
	}
}
