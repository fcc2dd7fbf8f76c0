// Package detect says which kind of identifier a value may be: numbers of people and
// organisations in China, ways to reach somebody, names and addresses.
//
//	value ─► fold (width, spaces, dashes) ─► by alphabet and length ─► checks ─► hits
//	                                                                     ▲
//	data/*.txt: regions, prefixes, card issuers, surnames, words ────────┘
//
// A hit has a confidence; from Fires (0.5) on the value counts as one of the type.
// What is below cannot be told from the value alone, such as eight digits that may be
// a permit: a column's header or its other values decide. Chance says how often a
// random value of the same shape fires, so that a share of hits can be held against it.
//
// Detector.Value reads a whole value, Detector.Find looks inside of a text, and Header reads
// the name of a column. docs/DISCOVERY.md lists the types with their standards,
// what is checked, and the limits; data/README.md the sources of the tables.
//
// Trust boundary: values, texts and headers are untrusted bytes. Nothing of them is
// kept, logged or put into an error; the time is in proportion to the length. A Detector
// does not change after New and works for any number of goroutines.
//
// It imports internal/idnum, which computes check characters, and nothing else of ours.
package detect
