// Package view makes what a scenario's jobs may work on: the masked view of one
// version of a data set.
//
//	v1.parquet, sealed ─vault─► batches ─masking─► masked batches ─┐ in memory
//	                               └─ __subject_<kind> ordinals ───┤
//	        keyed order ◄──────────────────────────────────────────┘
//	                               │
//	                               └─table, vault─► view-<identity>.parquet, sealed
//
// Masking runs once over everything that the scenario was granted on the data set;
// jobs get projections of that, so two projections never join to more than the
// grant. The view is sealed in the data set's compartment and reused as long as
// its identity stays the same: the SM3 of data set, version and its digest,
// policy digest, masking code, granted columns with their types, subjects,
// scenario, and a fingerprint of the scenario's secret. Another policy, another
// grant or another scenario is another view.
//
// Rows stand in an order that only the secret explains: by a pseudo-random
// function of their row number, under a key of this view. So neither the file's
// order nor a row's number or neighbours say anything, and rows of two views cannot
// be laid side by side.
//
// The ordinals are the same in all views. They are for the domain's own tables and
// evidence: [View.WriteTo] gives them to a query cell, [View.Project] leaves them
// out for a guest.
//
// Building holds the masked columns in memory: per row 8 bytes for an integer,
// double or timestamp, 16 for a decimal, 4 for a date, 4 and its bytes for a text,
// an eighth for a boolean, 8 for each ordinal, and 20 for the order while it is
// made. Ten columns are about 130 bytes a row; the garbage collector lets the
// process grow to two or three times that. Two million rows of ten columns took
// 8 s and 0.7 GB at the peak, once; reading the sealed view back took 60 ms.
//
// Trust boundary: the raw Parquet is read through the vault, stays in this
// process, and is one that the domain wrote. The package sees rows and a
// scenario's secret and puts neither into an error. It never imports a cell, an
// engine or the keeper, and starts no process.
package view
