package coltype

import "testing"

func TestParseReadsWhatStringWrites(t *testing.T) {
	for _, want := range []Type{
		{Kind: Integer}, {Kind: Double}, {Kind: Text}, {Kind: Date}, {Kind: Timestamp}, {Kind: Boolean},
		{Kind: Decimal, Precision: 1}, {Kind: Decimal, Precision: 18, Scale: 18}, {Kind: Decimal, Precision: 12, Scale: 2},
	} {
		got, err := Parse(want.String())
		if err != nil || got != want || !got.Valid() {
			t.Errorf("Parse(%q) = %v, %v", want.String(), got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", "int", "decimal", "decimal()", "decimal(12)", "decimal(0,0)", "decimal(19,2)", "decimal(4,5)",
		"decimal(12,2", "decimal(-1,2)", "decimal(12,2)x", "invalid", "文本",
	} {
		if got, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", s, got)
		}
	}
}

func TestZeroTypeIsInvalid(t *testing.T) {
	if (Type{}).Valid() || (Type{Kind: Text, Scale: 1}).Valid() {
		t.Error("a type that nobody named passes as valid")
	}
	if _, err := (Type{}).MarshalText(); err == nil {
		t.Error("the zero type marshals")
	}
}
