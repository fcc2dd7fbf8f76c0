// Package domain opens a domain folder and is the one place where its parts are
// tied together: the keeper process, the audit log, the vault, the metadata
// database and the sandbox.
//
//	Open ──► lock the folder ──► keeper unlocks ──► log verified ──► vault, store ──► recovery ──► Domain
//	Domain.Login(person, key) ──► Session ──► register, import, approve, jobs …
//
// A Session is a person who has shown possession of their signing key. Each of
// its acts is authorised by access.Check, recorded as an intent before and an
// outcome after, and refused where the log cannot be written; a refusal is
// recorded too.
//
// The log is the judge of the database: Open compares the two, refuses a database
// that is older than the log or was altered, and closes each intent that a crash
// left open, as done or as abandoned, by what the database has (acts.go). Look does
// the same on paper, with the public key alone, and changes nothing.
//
// What runs charge to outcome budgets stands in their intents; the sum of it is made
// anew from the log at each Open (budget.go), and so is what was asked about each subject
// (inquiries.go). So are the requests to open tokens, which takes two people (reveal.go):
// whether one was approved or read only the log says.
//
// Time is the host's, but never before the newest time of the log (clock.go).
//
// A domain folder holds
//
//	domain.json   format version, name, the domain's public key
//	lock          held while a process has the domain open
//	keeper/       keyring and state of the keeper, sealed under the root
//	audit/        the log and its checkpoint
//	vault/        sealed objects and signed manifests
//	meta.db       metadata: ids, states, times, public documents
//
// The command line and the server are its users; it imports nearly everything
// and neither of them.
package domain
