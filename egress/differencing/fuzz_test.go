package differencing

import (
	"testing"
)

// FuzzParseSpec reads any bytes; what is accepted can be audited, and nothing that is
// found contradicts the verdict.
func FuzzParseSpec(f *testing.F) {
	f.Add([]byte(`{"n_subjects": 6, "k": 3, "stat": "sum", "sets": [[0, 1, 2], [3, 4], [0, 1, 2, 3, 4, 5]]}`))
	f.Add([]byte(`{"sets": [[0], [0, 0], []]}`))
	f.Add([]byte(`{"k": 10, "sets": [[16777215], [-1]]}`))
	f.Add([]byte(`{"sets": 5} {}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSpec(b)
		if err != nil {
			return
		}
		n := 0
		for _, set := range s.Sets {
			n += len(set)
			for _, x := range set {
				if x > 1<<12 {
					return // a large universe takes its time
				}
			}
		}
		if n > 1<<12 || len(s.Sets) > 64 {
			return
		}
		v, err := s.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if v.Allow() != (v.Complete && len(v.Pairs)+len(v.Combinations) == 0) || v.Rank > len(s.Sets) || v.Atoms < min(v.Rank, 1) {
			t.Errorf("%+v", v)
		}
		for _, c := range v.Combinations {
			if len(c.Elements) == 0 || len(c.Elements) >= s.K {
				t.Errorf("a small group has %d elements, and k is %d", len(c.Elements), s.K)
			}
		}
	})
}
