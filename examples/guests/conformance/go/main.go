// Command conformance is the Go guest of the conformance suite: see the README of
// the folder above.
package main

// main is not called: a guest is a library with the exports yb_run and yb_map.
func main() {}
