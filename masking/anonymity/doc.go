// Package anonymity generalises whole columns and suppresses whole rows until a
// table meets k-anonymity and its kin, at the least loss there is.
//
//	rows ─▶ Hierarchy.Code ─▶ Table.Add ─▶ Search ─▶ Result.Levels
//	         (per attribute)   (distinct      (exact)      │
//	                            tuples)                    ▼
//	rows ◀── Hierarchy.Value ◀── Release.Kept ◀── Table.Release ─▶ Risk
//
// The recoding is full-domain (Sweeney 2002): every value of an attribute is shown
// at one level of its hierarchy. Rows whose class breaks a model are suppressed, whole
// classes at a time, up to a limit. docs/ANONYMITY.md has the models, the metrics and
// their sources.
//
// The package is pure: it opens nothing, and no value of a row reaches an error. A
// Hierarchy and a Table are not safe for use by several goroutines while they grow;
// Code of a known value, Value and Kept are, afterwards.
package anonymity
