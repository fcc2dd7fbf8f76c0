//go:build linux && cgo

package main

import "context"

// topic is what can be run alone: some rows that share their preparation.
type topic struct {
	name string
	run  func(context.Context, *bench) ([]Row, error)
}

// topics are all, in the order in which they run: what shares data stands together.
func topics() []topic {
	return []topic{
		{"seal", benchSeal},
		{"ff1", benchFF1},
		{"audit", benchAudit},
		{"guest", benchGuest},
		{"columns", benchColumns},
		{"cells", benchCells},
		{"map", benchMap},
		{"import", benchImport},
		{"scan", benchScan},
		{"table", benchTable},
		{"mask", benchMask},
		{"anonymity", benchAnonymity},
		{"suppression", benchSuppression},
		{"differencing", benchDifferencing},
		{"rules", benchRules},
		{"memory", benchMemory},
	}
}

func names(topics []topic) []string {
	out := make([]string, len(topics))
	for i, t := range topics {
		out[i] = t.name
	}
	return out
}
