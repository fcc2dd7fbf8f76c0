package suppression

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// FuzzSpec parses anything. What is accepted and small gets a pattern in which every
// cell is at least as well hidden as was asked, or the answer that there is none.
func FuzzSpec(f *testing.F) {
	for _, more := range []string{"", `, "protection": "±20%"`, `, "protection": {"w|a": {"upper": 5}}, "cell_bounds": [0, null]`, `, "cost": "value", "published": ["w|b"]`} {
		f.Add(fmt.Appendf(nil, square, more))
	}
	f.Add([]byte(`{"cells": {"a": 4, "b": -9.5, "c": 8, "t": 2.5}, "equations": [{"a": 1, "b": 1, "c": 1, "t": -1}], "primary": {"a": "width >= 2"}}`))
	f.Add([]byte(`{"cells": {"a": 4, "b": 9, "n": 13}, "hierarchy": {"n": ["a", "b"]}, "primary": ["a"], "threshold": 10, "protection": "contains 0..t-1"}`))
	f.Add([]byte(`{"cells": {"a": 1e20, "b": 1e20}, "tables": {"t": [{"a": 0.25, "b": -0.25}]}, "primary": ["a"], "whole": false}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSpec(b)
		if err != nil || len(s.Names) > 24 || len(s.Problem.Equations) > 24 {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		answer, err := s.Protect(ctx)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if len(answer.Suppressed) != len(answer.Intervals) || len(answer.Secondary) > len(answer.Suppressed) {
			t.Fatalf("%+v", answer)
		}
		for i, name := range s.Names {
			x, _ := s.Problem.Values[i].Float64()
			if in, ok := answer.Intervals[name]; ok && (in[0] != nil && *in[0] > x || in[1] != nil && *in[1] < x) {
				t.Fatalf("%s is outside its interval", name)
			}
		}
	})
}
