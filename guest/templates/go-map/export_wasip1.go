package main

import yingbi "yingbi/guest/go"

//go:wasmexport yb_map
func run() int32 { return yingbi.Map(one) }
