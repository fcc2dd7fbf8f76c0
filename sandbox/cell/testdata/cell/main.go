// Command cell is nothing but a cell: what the domain's program does when it is
// started as one. The tests of package cell start it behind its locks.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import "yingbi/sandbox/cell"

func main() { cell.Main() }
