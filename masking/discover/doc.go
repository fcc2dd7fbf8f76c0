// Package discover says what the columns of a table hold: which identifiers, whether a
// column helps to single people out, which level and which masking rule to propose, and
// why, in a sentence with the numbers.
//
//	batches of texts ─► Scanner (one a goroutine) ─Merge─► Scanner ─► Report ─► Policy
//	                     │ every cell: null, repeated, or looked at once
//	                     └ counts by type, by form, different values
//
// A verdict comes from counts alone. Package detect says of each different value what
// it may be; what a column is follows from how many values are of a type against how
// many would be by chance (decide.go has the test), from what only a whole column can
// tell (names, addresses, numbers without a check digit), and from the header, which
// shifts a verdict and never makes or clears one by itself where values can decide.
// docs/DISCOVERY.md has the rules.
//
// Memory is bounded: of each column at most some thousand different values, so that
// those that come again are looked at once, then hashes, then a sketch. A report holds
// counts and the names of columns, and no value of a row; neither does an error.
//
// The package is pure. Its input is untrusted: names and values may be anything that is
// UTF-8.
package discover
