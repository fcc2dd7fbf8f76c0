// Package archtest holds the import rules of the module as a test.
//
// The table in archtest_test.go is the one place that says which package may
// import which. A new package, or a new arrow between two, fails the test until
// somebody has written it down there, and so has thought about it.
package archtest
