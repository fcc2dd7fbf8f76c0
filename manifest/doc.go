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
//   - one statement per join that counts the rows that the inner join drops.
//
// Rows come in the order of their keys, NULL last, so that cells and evidence can
// be read side by side and a second run gives the same bytes. Sums of integers
// and decimals are exact or fail; a Double anywhere sets Plan.Threads to 1, and
// then the rows must come in the order in which they are stored.
//
// A statement takes a text column as text or as anything that casts to it, and an
// ordinal as any integer: the cell chooses what is small and quick. An Evidence
// statement first makes one row per cell and subject. That is nearly all of its
// time, and of its memory about 50 bytes for each of these rows.
//
// A table none of whose inputs has a subject is protected by its rows: each row
// counts as a subject of the kind "row".
//
// The language is described in docs/MANIFEST.md. The package imports yamldoc,
// coltype and fault, and nothing else of ours.
package manifest
