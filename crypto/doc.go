// Package crypto is the domain's national cryptography: SM2 signatures, SM3
// digests, SM4 encryption, and what is built from them.
//
//	passphrase ─PassphraseKey─► root ─Derive─► key-encryption key
//	                                                │ SealBytes (wraps)
//	                                                ▼
//	              Derive(salt, header, context)  data key, one per data set
//	                       ┌───────────────────────┘
//	                       ▼
//	plain ─Sealer─► header │ segment 0 │ segment 1 │ … │ last segment
//	                   ▲        │ tag       │ tag           │ tag
//	Opener.ReadAt ─────┘        └───────────┴──────► Root ──┘   kept in a signed manifest
//
// SetCores lets long runs of segments be sealed or opened on several cores; the bytes
// are the same, and no goroutine outlives the call that needed it.
//
// Beside these, [PRF] gives a random value for each of many numbers, [Ephemeral] seals
// what a process puts on disk for itself alone, [FF1] enciphers numbers as numbers of
// the same form, and [SIV] makes equal bytes of equal messages.
//
// It says what bytes mean and never where they are: no file, no network, no clock.
// The byte formats are in docs/formats/crypto.md, precise enough for a reader in
// another language.
//
// # What it promises
//
//   - An object or box opens only under the same key and the same context, whole
//     and unaltered. One error, [ErrIntegrity], answers every failure.
//   - A shortened, reordered, spliced or extended object is refused. An older
//     object put back in place of a newer is valid by itself: [Opener.VerifyRoot]
//     tells them apart, with a root kept in a signed, versioned place.
//   - Roots and commitments may be published: they tell nothing about the content.
//   - Keys print redacted. MACs, headers, roots and commitments are compared in
//     constant time.
//
// It does not promise that who holds a data key cannot make two objects of one
// root: a tag binds outsiders only. Nothing here is a certified module.
//
// # Borders
//
// Input may be hostile everywhere except for labels and lengths passed to
// [Derive]. This is the only package that imports an SM library (emmansun/gmsm);
// tjfoc/gmsm is imported by tests alone, as an oracle for the raw block, the hash
// and signatures: its GCM is broken.
package crypto
