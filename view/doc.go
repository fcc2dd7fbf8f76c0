// Package view makes what a scenario's jobs may work on: the masked view of one
// version of a data set.
//
//	parts of the version ─vault─► batches ─masking─► rows by bucket ─► pile: memory, then scratch
//	                                 └─ __subject_<kind> ordinals ─┘             │
//	view-<identity>.00001.parquet … ◄─vault─ Parquet ◄─table─ buckets, sorted ◄──┘
//	          sealed by one commit
//
// A policy with rules over whole columns is surveyed first: the columns that such rules need
// are read once more, before everything is masked. What an anonymity step did is sealed
// beside the parts, as view-<identity>.anonymity.json, by the same commit. A view in whose
// masked columns the detectors still find identifiers of persons is not sealed.
//
// Masking runs once over everything that the scenario was granted on the data set;
// jobs get projections of that, so two projections never join to more than the
// grant. The view is sealed in the data set's compartment and reused as long as
// its identity stays the same: the SM3 of data set, version and its digest,
// policy digest, masking code, granted columns with their types, subjects,
// scenario, and a fingerprint of the scenario's secret. Another policy, another
// grant or another scenario is another view.
//
// # Order
//
// Rows stand in an order that only the secret explains: by a pseudo-random
// function of their row number, under a key of this view. So neither the file's
// order nor a row's number or neighbours say anything, and rows of two views cannot
// be laid side by side.
//
//	key       = HKDF-SM3(secret, salt = identity, "view row order", 16 bytes)
//	k(n)      = value n of crypto.PRF under key, 64 bits; n counts over the version's parts, from 0
//	bucket(n) = ⌊k(n)·B / 2^64⌋, of B buckets
//	rest(n)   = the 32 bits that follow the point of k(n)·B / 2^64
//
// Rows are sorted by bucket, rest and n. B and how many buckets make a part follow
// from the rows of the version and the bytes of its parts (see shapeOf), so the view
// has the same bytes however many cores build it and however much goes to disk.
//
// # By subject
//
// [Group] gives columns of several views to a guest that sees one subject at a time:
//
//	parts of each view ─vault─► batches ─► rows by bucket ─► pile ─► buckets, sorted ─► one Parquet file each
//	                               └─ ordinals ─► keys ─┘                    └─► rows of each subject, ordinals
//
// The rows stand by subject, and subjects in an order that only a salt explains. It
// is found as above, with a key for each subject in place of one for each row:
//
//	key       = HKDF-SM3(salt, "view subject order", 16 bytes)
//	k(n)      = π(n)·2^32; n the ordinal, π a permutation of 32 bits under key
//
// Two subjects never have the same key, so their rows are never mixed; rows of one
// keep the order of the view. No ordinal is written, or put aside: a place tells π(n),
// and π is inverted. The files depend on the views, the columns and the salt alone.
//
// # Memory and disk
//
// Rows pass through; what is held does not grow with them. A core that masks holds a
// row group and a batch; one that arranges holds a bucket of some 130,000 rows, or
// half a million in views of more than 133 million. Masking remembers up to 64 MiB
// of pseudonyms, up to 1 GiB of what rules over whole columns survey, and 16 MiB of
// packed rows stay in memory. The rest waits in a
// [vault.Scratch]: sealed under a key that nobody keeps, in a file without a name, so
// that a build that fails or is killed leaves nothing. It takes about 30 bytes a row
// for five columns of claims, until the build ends. A grouping is bounded likewise, but
// for 4 bytes a subject: the ordinals that it returns. All rows of one subject are in a
// bucket, however; one that takes more than 1 GiB to arrange is a Limit fault.
//
// The ordinals are the same in all views. They are for the domain's own tables and
// evidence: [View.Query] gives them to a query cell, [View.Project] and Group leave them
// out for a guest. All three read the stored columns that are named, Group the ordinals
// too, and decrypt no others.
//
// Trust boundary: the raw Parquet is read through the vault, stays in this
// process, and is one that the domain wrote. The package sees rows and a
// scenario's secret and puts neither into an error. It never imports a cell, an
// engine or the keeper, and starts no process.
package view
