// Package page writes what a reviewer, and later an operator, reads of a job: one HTML
// file in English or Chinese, for a screen and for A4.
//
//	Review: egress.Report, request, grants, earlier releases ─► report of the reviewer
//	Outcome: published tables, reason, certificate          ─► page of the operator
//
// The reviewer's report holds evidence and is for reviewers alone. It says what the
// checks found, what would leave cell by cell and by which rule the rest is held back,
// which regulation each check serves, what nobody checked, and has room for two
// signatures. It can be understood without colours.
//
// The operator's page says what to change. It is made from an Outcome, which has no
// field for evidence: whatever it says follows from what was released. So anybody who
// has the release could have written it.
//
// A page is one file. It holds no script, no handler and no reference to anything
// outside; charts are pictures inside of it, drawn by egress/chart. Texts are escaped by
// html/template and cleaned of characters that cannot be seen. A content security
// policy (W3C CSP Level 3) forbids everything but the page's own style, by its digest,
// and pictures that it holds itself; so a page that somebody altered still runs nothing.
// The same input gives the same bytes.
//
// Trust boundary: everything is shown as data, whoever wrote it. Lists are cut at
// limits, and say so.
//
// The package imports egress, egress/chart and manifest.
package page
