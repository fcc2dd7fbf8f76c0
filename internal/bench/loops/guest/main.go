// Command guest is the benchmark's loops as a guest in Go. It is asked what to do by
// the input "asked", and emits one number.
package main

// main is not called: a guest is a library with the export yb_run.
func main() {}
