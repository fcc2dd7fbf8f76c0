// Package keeper holds the domain's root key, key-encryption keys and signing
// key in a process of their own, and is the client of that process.
//
//	domain process                       keeper process (same binary, locked)
//	  Keys ─ intent ─► audit.Log           root ◄─ passphrase │ key file │ shares
//	    │                 │ proof            ├─ KEK versions (keyring file)
//	    └── Keeper ═══════╧═ socketpair ═══► ├─ SM2 signing key
//	         SignCheckpoint, Create,         └─ last checkpoint, counts (state file)
//	         Unwrap, Sign, Rotate, …
//
// The keeper gives one data key, or makes one signature, per recorded intent: a
// request carries the proof that an intent for this very act on this very
// compartment is in the audit log, under a checkpoint that the keeper itself
// signed. It signs a checkpoint only if the log extends the last one. So keys
// cannot be used without leaving a record, nor the record be taken back.
//
// # One intent, one use
//
// Every intent that was ever used was covered by a checkpoint that this keeper
// signed, and the size of the last one is durable before its signature leaves.
// A keeper therefore starts by refusing all indices below that size, and while
// it runs it remembers what was used since. Nothing else has to be stored; an
// intent that a restart overtook is recorded again. While it runs, an intent
// also expires when 65,536 further records have been signed, which bounds that
// memory.
//
// # Trust
//
// The keeper believes nothing that comes over its socket, and its parser is
// fuzzed. Whoever runs code in the domain process can use data keys that the
// keeper gives out, one record each and at a bounded rate; the root, the KEKs
// and the signing key stay here. Unlock material is read by the keeper from an
// inherited descriptor, never from an argument or the environment. New shares
// do pass through the process that runs Init, since they must be shown. A user
// who owns a key file, or the whole machine, can do what the keeper can.
//
// The process is locked by package internal/lockdown: no network, no file but
// those it has open, no exec, not dumpable, no core. It ends when its socket
// closes. Its memory can be swapped out: a host should have encrypted swap or
// none.
//
// Files, the share text and the protocol are given in docs/formats/keeper.md.
// The package never imports vault: what a key opens is none of its business.
package keeper
