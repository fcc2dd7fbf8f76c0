//go:build !linux || !cgo

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: cells run on Linux, and DuckDB needs cgo; build it there")
	os.Exit(1)
}
