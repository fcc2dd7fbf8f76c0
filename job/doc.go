// Package job leads a job through its life: admit, authorise, record, run, hold,
// review, release.
//
//	Submit ─► sealed package ─► Run ─► views ─► query cell ─► egress ─┬─► held ─► Decide ─► Release
//	                                     └────► guest cell ◄──────────┘
//
// state.go is the table of what may follow what; every step is an intent in the
// audit log, then a change in the database, then an outcome. What a job says
// and what it made lie sealed in its own compartment; the database has only
// ids, states and times.
//
// Trust: a manifest and a module are an operator's bytes. The manifest is parsed
// here by package manifest, the module by package admission, and neither is
// handed to an engine outside a cell. What a cell answers is a frame that the
// parent asked for by name. An operator learns nothing of a run over rows until a
// person has decided (State.Outside): two of them over data of level 3 or more (decide.go),
// none where the scenario's policy lets tables go in which no check finds anything
// (automatic.go). What can be learnt from that is charged to a budget before the run
// (outcome.go), as are lines of a module's log that a reviewer releases (excerpt.go). What
// reviewers write to an operator, or as a condition, is looked at for numbers and names of
// persons (leaving.go) and is theirs to answer for. What nobody has ended when its scenario or
// agreement does expires, alike whether its run went well (expire.go).
//
// A released job may hold questions about one subject a call (answer.go). What is asked is
// read from what is sealed with the release, never from the database; the call and its bits
// are charged before, to an account of the subject that all callers share (inquiry.go).
//
// A run notes what it stood on (Used); by that a release can be run again and compared
// byte for byte (replay.go).
//
// The package defines the Store, Documents and Runner that it needs; store and
// sandbox implement them, domain ties them together.
package job
