package access

import (
	"strings"
	"testing"

	"yingbi/internal/fault"
)

// FuzzDocuments: whatever an authority stores is refused with its place, or has all that
// the rest of the domain counts on.
func FuzzDocuments(f *testing.F) {
	for _, s := range []string{
		scenarioText, agreementText,
		scenarioText + "verification: {subject_bits: 8, calls_per_day: 500}\n",
		scenarioText + "verification: {subject_bits: 0x7, calls_per_day: -1}\n",
		scenarioText + "preset_version: 2\nautomatic: true\nreviewers: 1\n",
		strings.Replace(scenarioText, "columns:", "requires: {k: 5, t: 0.2, quasi: [district]}\n    columns:", 1),
		agreementText + "until: 9999-12-31\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := ParseScenario("s.yaml", src)
		if err == nil {
			sound(t, s)
		} else if fault.KindOf(err) != fault.Invalid {
			t.Errorf("kind %v: %v", fault.KindOf(err), err)
		}
		a, err := ParseAgreement("a.yaml", src)
		switch {
		case err != nil && fault.KindOf(err) != fault.Invalid:
			t.Errorf("kind %v: %v", fault.KindOf(err), err)
		case err == nil && (CheckID("agreement", a.ID) != nil || a.Term.Until.Before(a.Term.From) || a.Term.Until.After(a.Term.From.AddDate(MaxTermYears, 0, 0))):
			t.Errorf("%+v", a)
		}
	})
}

func sound(t *testing.T, s *Scenario) {
	t.Helper()
	v := s.Verification
	switch {
	case CheckID("scenario", s.ID) != nil, s.Department == "", s.Preset == "", s.Term.Until.Before(s.Term.From), len(s.Grants) == 0,
		s.OutcomeBits < 1 || s.OutcomeBits > maxOutcomeBits, s.Reviewers < 0 || s.Reviewers > maxReviewers,
		s.ApprovalDays < 1 || s.ApprovalDays > maxApprovalDays, s.Automatic && s.Signatures(1, true) > 1,
		v != nil && (v.SubjectBits < 1 || v.SubjectBits > maxSubjectBits || v.CallsPerDay < 1 || v.CallsPerDay > maxCallsPerDay):
		t.Errorf("%+v", s)
	}
	for _, g := range s.Grants {
		if g.Dataset == "" || g.Policy == "" || g.PolicyVersion < 1 {
			t.Errorf("%+v", g)
		}
		for _, c := range g.Columns {
			if len(c.Uses) == 0 {
				t.Errorf("%+v", g)
			}
		}
	}
}
