// Package manifest reads job.yaml, checks it against what a scenario grants, and
// compiles it to the SQL that the domain runs.
//
//	job.yaml ──Parse──► Manifest ──Check(Schema)──► Plan ──► statements for a query cell
//	 untrusted           syntax     types and uses           + the meaning of each result column
//
// Trust boundary: every byte of job.yaml was written by an operator. It reaches
// SQL in two forms alone: as an identifier in double quotes (with quotes doubled
// and invisible characters refused) and as a bound value behind a question mark.
// Everything else in a statement is a constant of this package. Parse and Check
// see no data; a constant is fixed before any row is read.
//
// # The plan
//
// A query cell holds one table per input, named as the manifest names it, with
// exactly PlanInput.Columns. A hidden column __subject_<kind> gives each row the
// ordinal of its subject of that kind (an integer, 0 is nobody). For a table of
// the manifest the plan holds
//
//   - Checks, which must each return 0 in their only column: keys that a join
//     needs to be unique;
//   - one Cells statement: the keys, the rows, and what each measure is made of,
//     but for distinct subjects;
//   - one Evidence statement per protected Unit (a kind of subject, by the input
//     that brings it): the same cells in the same order, with distinct subjects,
//     their largest contributions, and what Cells found, again;
//   - one Members statement per unit that is no unit of rows: each subject of each
//     cell with what it contributes, for the audit across releases (members.go);
//   - one statement per join that counts the rows that the inner join drops.
//
// Rows come in the order of their keys, NULL last, so that cells and evidence can
// be read side by side and a second run gives the same bytes. Sums of integers
// and decimals are exact or fail; a Double anywhere, a standard deviation or an index
// sets Plan.Threads to 1, and then the rows must come in the order in which they are
// stored. A quantile depends on the values alone.
//
// A standardised rate and a survival are made of hidden measures, the shares of their
// strata, which come after all others and are judged and not published (standard.go).
//
// A statement takes a text column as text or as anything that casts to it, and an
// ordinal as any integer: the cell chooses what is small and quick. An Evidence
// statement first makes one row per cell and subject. That is nearly all of its
// time, and of its memory about 50 bytes for each of these rows.
//
// A regression that a module fits is compiled to statements (PlanModel) that are run once
// its coefficients are known, and takes them as bound values.
//
// Numbers that a module asserts (Assertion) are compiled to nothing: they have bounds, so
// that what they can carry is known before any data is read (Millibits).
//
// A question about one subject (PlanAnswer) is no part of a run but for its census: it is
// asked once it is released, as often as somebody may. Its rows are that subject's own, it
// reads no column that is not granted for that, and nothing in the rows makes it fail.
//
// A table none of whose inputs has a subject is protected by its rows: each row
// counts as a subject of the kind "row".
//
// The language is described in docs/MANIFEST.md. The package imports yamldoc,
// coltype, fault and egress/label, and nothing else of ours.
package manifest
