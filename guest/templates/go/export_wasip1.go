package main

import yingbi "yingbi/guest/go"

//go:wasmexport yb_run
func run() int32 { return yingbi.Run(job) }
