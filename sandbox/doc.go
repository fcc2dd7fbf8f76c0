// Package sandbox starts cells and speaks with them: the parent's side of every
// task that touches what is not trusted.
//
//	Task ──► sealed request ─┐                      ┌─► stream checker ─► Receive
//	inputs ──────────────────┴► lockdown.Start ─pipe┘        │
//	                               cell                      ▼
//	watchdog: memory and threads, 1 to 20 ms,           first verdict,
//	deadline, bytes answered, ctx ── SIGKILL ──►        then reap, then the error
//
// Run is the one mechanism. Ingest, Inspect, Query, Prepare, Compile, Guest, Map and
// Explore are its typed forms: they decode frames and hold them to what was asked for.
//
// Trust: everything that comes from a cell is hostile. A message is accepted
// only if its kind, name, size and place in the order fit the request. Why a
// cell ended is judged by what this process saw itself: its own verdict when it
// killed the cell, the exit state, the messages. A code in a failure message is
// the cell's word and is handed on as such (Failure.Code).
//
// A cell dies with its parent, with its task's context and at its deadline, and
// all that it started with it. Run returns when it has been reaped.
//
// The package reaches no key, no vault and no metadata, and never parses
// Parquet, Arrow, SQL or JSON that a cell made.
package sandbox
