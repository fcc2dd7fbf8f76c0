// Package sandbox starts cells and speaks with them: the parent's side of every
// task that touches what is not trusted.
//
//	Task ──► sealed request ─┐                      ┌─► stream checker ─► Receive
//	inputs ──────────────────┴► lockdown.Start ─pipe┘        │
//	                               cell                      ▼
//	watchdog: memory and threads, 1 to 20 ms,           first verdict,
//	deadline, bytes answered, ctx ── SIGKILL ──►        then reap, then the error
//
// A task that is like one before, guest or statement, may find a cell that waits for
// it (Config.Waiting):
//
//	module, code │ views ──► start, prepare, Seal ──► waits ──► request ──► the task
//	        of the task before                         │      pipe, inputs       │
//	                                                   ▼     copied, sealed      ▼
//	                         no task, another wants its place, Close: killed    gone
//
// It has prepared the beginning of the task alone (abi.Request.Ahead): a module and its
// code, or views, the very same files for the same owner under the same limits. It
// has every lock, is watched, and serves one task, whose time begins with the request.
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
