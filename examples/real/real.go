// Package real describes two public data sets and a job over each. Its data is not
// in the repository: the tests of package domain run the jobs where it is found.
package real

import "embed"

// Files holds the documents.
//
//go:embed *.yaml
var Files embed.FS
