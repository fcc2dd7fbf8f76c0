// Command job is a guest in Go: see README.md.
package main

// main is not called: a guest is a library with the export yb_map.
func main() {}
