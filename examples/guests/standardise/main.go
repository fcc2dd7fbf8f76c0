// Command standardise is a guest in Go. It says how dear a visit is in each
// district, relative to the whole, as if every district had the same ages.
//
// It sees finished tables alone (class "protected"): the input by_district with
// the columns district, age_band (optional), visits (or people) and cost. For each
// district it emits, as index, in per cent of the mean over all,
//
//	Σ over bands  (visits of all districts in the band / all visits) × (cost / visits here).
//
// Without age bands that is the district's own mean. A cell that disclosure
// control withheld is null, and makes its district's index null.
package main

// main is not called: a guest is a library with the export yb_run.
func main() {}
