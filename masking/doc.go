// Package masking turns the raw columns of a data set into those that a job may
// work on, by a policy with one rule per column.
//
//	policy.yaml ──ParsePolicy──► Policy ──Compile(columns, secret)──► Masker
//	                                                                    │
//	raw Arrow batch (all columns) ─────────────────────────────► Apply ─┴─► masked batch
//
// Rules over whole columns (microaggregate, shuffle, the anonymity section) look at all
// rows before one is masked: where Surveys says so, Survey sees every batch, in any order,
// and Settle solves before the first Apply. What they find does not depend on the order,
// and what they keep is at most 1 GiB. Apply looks at what it masked, and Leaks tells
// which columns still show identifiers of persons.
//
// A Masker works for several goroutines. It remembers what it made of values that
// come again: words of columns that have few of them, pseudonyms in a table of at most
// 64 MiB. Both are wiped when it is closed.
//
// A column without a rule is dropped. A column that identifies a subject (the data
// set's description says which) must not stay readable, nor one that is described as a
// direct identifier, unless its unmasked use is approved: each rule's definition says
// what it leaves. Types are checked once, when a policy meets the columns of a data
// set, so Apply cannot fail on a value. What each rule does, in which units, and what
// it protects and does not protect, is in docs/MASKING.md. Detokenise undoes the rules
// token and fpe, for whom holds the scenario's secret.
//
// Trust boundary: a policy is written by a person of the domain and is parsed as
// untrusted bytes, with the limits of internal/yamldoc. Batches come from
// Parquet that the domain wrote itself. The scenario's secret keys pseudonyms, tokens,
// ciphers and noise: it is never kept in a Policy, printed or put into an error, and
// no error names a value of a row.
//
// The package works on columns in memory. It reads no file and knows no vault,
// no catalogue, no engine and no cell: of ours it imports crypto, idnum, the packages
// below it and the leaves.
package masking

// CodeVersion names the behaviour of the rules. It is part of a masked view's
// identity, so it must change whenever a rule gives another value for the same
// input: then views that older code made are not reused.
const CodeVersion = "masking/2"
