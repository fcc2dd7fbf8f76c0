// Package ingest takes an uploaded file into the vault as a new version of a data
// set.
//
//	upload ─► ingest cell ─► frames of rows ──► + ordinals of subjects ─► v1.parquet ────────────┐
//	              │                                 │ none found                                 │ one batch,
//	              └───────► frames of quarantine ───┴──────────────────► v1.quarantine.parquet ──┤ committed
//	                                                  counts ──────────► v1.quality.json ────────┘ together
//
// The file is hostile and is read in a cell alone. What the cell sends is checked
// here: names, types and limits by package sandbox; that every row of the file is
// either kept or quarantined, once, and that a reason is one of a closed list, by
// this package. A difference is fault.Integrity, and nothing is stored. Rows pass
// through as they come: memory holds some row groups, and 8 to 16 bytes for each
// quarantined row.
//
// For each kind of subject a column __subject_<kind> of ordinals is added. A row
// whose subject's column is null or identifies nobody is quarantined with the
// reason MissingSubject. Registries are saved before the version is committed; an
// ordinal that no version came to use does no harm.
//
// Quarantine and quality report hold row numbers, columns, reasons and counts, and
// never a value of a row. The package writes no audit record: who may import what
// is decided and recorded by its caller.
package ingest
