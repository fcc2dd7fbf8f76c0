// Package store keeps the domain's metadata in one SQLite database: who is
// registered, which documents are in force, which versions of data sets exist,
// where each job stands.
//
//	cmd ──► Store ──► meta.db (WAL)
//
// Only ids, states, times and the text of public documents lie here, in the
// clear. Names of people, manifests, modules, outputs and reports lie sealed in
// the vault. The database holds no key and decides nothing; a change of it is
// caught by the audit log, which carries the intent and outcome of each act.
//
// A commit that fails leaves open whether the next start will find it: the error is
// an audit.UndecidedError, and nothing is changed any more before that start.
// Snapshot opens a copy for those who only look.
//
// The schema is made by goose from migrations/*.sql. A database that a newer
// yingbi has migrated is refused.
package store
