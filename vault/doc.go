// Package vault keeps everything of the domain that is secret at rest.
//
//	Batch.Create ─► SM4-GCM stream ─► <random>.sealed ─┐ 1. durable
//	Batch.Commit ─► manifest v+1, signed by the keeper ┘ 2. durable
//	                    └─► Ledger.Commit(v+1, digest)   3. the commit: only now is v+1 true
//
// A compartment ("dataset/claims", "registry/person") is a folder of sealed
// objects under one data key. The key, wrapped by the keeper, lies beside them. A
// manifest, signed by the keeper and numbered, names every object with the random
// name of its file, its lengths, the root of its segment tags and, unless it is a
// cache, a commitment to its content.
//
// The audit log is the commit point. Objects and the next manifest are made
// durable first, then the Ledger records version and digest. What the ledger does
// not know is an orphan of a crash, and [Vault.Collect] removes it; what the ledger
// knows and the folder lacks was taken away or put back to an older state, and is
// refused as fault.Integrity. Files are never written twice, so a replaced object
// is never half new. A commit whose record may or may not have reached the log
// closes the compartment for writing until the vault is opened again.
//
// What does not fit in memory while something is made goes to a [Scratch], a file
// without a name under a key that nobody keeps: no crash leaves any of it.
//
// Whoever can write to the folder (thief, backup, administrator) can destroy, but
// not read, alter, exchange or roll back an object without being noticed: its
// context binds the compartment and the file's name, the signed manifest binds the
// name that callers use, the ledger binds the manifest.
//
// The package holds the only handle on the storage. It knows neither Parquet nor
// rows, and imports of ours crypto and keeper alone. docs/formats/vault.md
// specifies the files.
package vault
