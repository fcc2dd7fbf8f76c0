// Package audit keeps the domain's record of what was done: an append-only log
// that nobody can change afterwards without being found out.
//
//	Append ─► sequencer ─► log (file, fsync) ─► publisher ─► Merkle tree (SM3, RFC 6962)
//	  ▲  many at once, one write                   │             │
//	  └── index, when durable ─────────────────────┘             ▼
//	                   CheckpointSigner (keeper) ─► checkpoint (file, SM2 note)
//	                                                             │
//	            Prove, Verify, Scan, Export ◄────────────────────┘
//
// An act is recorded twice: its intent before it happens and its outcome after.
// Append returns only when the record is on the disk, so a caller that waits for
// it can act with a clear conscience. After the first failure of a write or a
// sync the log refuses everything: no record, no action. So it does after an act of
// which nobody knows whether it was done ([UndecidedError]): its intent stays open,
// and whoever opens the log the next time finds out.
//
// # Format
//
// The folder holds two files. log is UTF-8 text, one record a line, never
// changed but at its end; checkpoint is the newest signed tree head, replaced
// atomically. docs/formats/audit.md gives both byte by byte.
//
//	yingbi audit log v1
//	. 5c1e0f9b27a4d803 {"action":"key.unwrap","actor":"…", … "time":"2026-01-02T03:04:05.000000Z"}
//	│ └ first 8 bytes of SM3(mark ‖ leaf hash)
//	└ "." begins a write, "+" goes on with the one before
//
// The mark and the check are there for accidents: they tell a write that power
// cut short (a torn tail, which Open removes and reports) from damage elsewhere
// (an integrity error, which needs a person). What protects against a person is
// the tree over the canonical JSON and the signature over its root.
//
// # Trust
//
// The package believes its own process and its signer. It does not believe the
// folder: Open and Verify recompute every hash. Whoever can write the folder can
// drop or rewrite the records after the newest checkpoint; Verify says how many
// those are. Whoever can also roll the whole folder back is caught by a
// checkpoint that was kept elsewhere (Verify's since), or by a signer that
// remembers, as the keeper does.
//
// Memory: 45 bytes a record (37 of tree, 8 of offset). Records hold no
// identifier of a subject and no bare hash of unpublished content; that is the
// callers' duty, which the nonce in every record supports.
//
// The package imports crypto, never vault, and no database.
package audit
