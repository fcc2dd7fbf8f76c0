// Package release makes releases, and verifies them offline with nothing but the
// domain's name and public key.
//
//	tables.json ─Files─► <table>.csv, tables.xlsx ─Bind─► list + commitment
//	    ▲ digest                                             │        │
//	Decision, signed by the reviewer                         │        ▼
//	    │                                                    │   record in the audit log
//	    ▼                                                    ▼        │ proof
//	certificate.json ◄───────────────────────────────────────┴────────┘
//	    └─ certificate.sig: the domain's SM2 signature
//
//	Verify: folder + name + public key ─► *Certificate, or the file and what is wrong
//
// # Files
//
//	certificate.json   the statement, canonical JSON
//	certificate.sig    its signature in base64, and a newline
//	tables.json        the published tables: the very bytes that were approved
//	<table>.csv        each table, for machines and spreadsheets
//	tables.xlsx        all tables, a sheet each
//	<chart>.svg        a picture of a table, for each chart that tables.json names
//	questions.txt      what may be asked of one subject at a time, where there is anything
//	conditions.txt     the terms, where there are any
//
// docs/formats/release.md gives them byte by byte. CSV and workbook follow from
// tables.json alone, the terms from the certificate, and Verify renders them again: a
// file that people open says what the reviewers approved, or the release does not
// verify. So a change of the rendering is a change of format. That is why the workbook is
// written here and not by a library whose next version would write it otherwise. Charts
// are drawn by whoever makes the release and held to their digests alone.
//
// A table of the class asserted holds numbers that nobody has recomputed. Reviewers sign
// that it does, the certificate names it, and Verify holds the two together and asks for
// two signatures.
//
// A release that was withdrawn is named by a notice, which the domain signs and anybody
// verifies (VerifyNotice). The folder itself cannot know.
//
// # Trust
//
// A folder is hostile until its signature holds: sizes are bounded first, and
// nothing is parsed before the signature but to tell a wrong key from an altered
// file. A domain that signs is not believed either where it can be checked:
// approvals bear the reviewers' own signatures over the digest of the tables,
// and the release is in the log that the domain has signed. What a reader still
// takes from the domain: that the reviewers' keys belong to those people, that the
// commitments are to what was run, and, unless a witness or an older checkpoint
// says so, that there is one log only.
//
// Nothing here knows rows, keys of the vault or people beyond their ids. The
// package imports audit and crypto, and builds for operators' machines without cgo.
package release
