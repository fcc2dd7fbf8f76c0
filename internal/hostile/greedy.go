package hostile

// most is a count that the bytes never pay for: 2³²−1.
func most() []byte { return []byte{0xff, 0xff, 0xff, 0xff, 0x0f} }

// Greedy lists modules that claim more than they may have, to kill whoever believes them
// before anybody has run them.
func Greedy() []Module {
	return []Module{
		{Name: "2^32-1 types", Wasm: Join(Sec(secType, most())), Outcome: Limit, Says: "types"},
		{Name: "2000 types in three bytes", Wasm: Join(Sec(secType, Leb(2000))), Outcome: Invalid, Says: "are left"},
		{Name: "2^32-1 parameters", Wasm: Join(Sec(secType, Cat(Leb(1), []byte{0x60}, most()))), Outcome: Limit, Says: "parameters"},
		{Name: "2^32-1 imports", Wasm: With(Sec(secImport, most())), Outcome: Limit, Says: "imports"},
		{Name: "2^32-1 functions", Wasm: With(Sec(secFunction, most())), Outcome: Limit, Says: "functions"},
		{Name: "2^32-1 tables", Wasm: With(Sec(secTable, most())), Outcome: Limit, Says: "tables"},
		{Name: "2^32-1 globals", Wasm: With(Sec(secGlobal, most())), Outcome: Limit, Says: "globals"},
		{Name: "2^32-1 exports", Wasm: With(Sec(secExport, most())), Outcome: Limit, Says: "exports"},
		{Name: "2^32-1 element segments", Wasm: With(Sec(secElement, most())), Outcome: Limit, Says: "element segments"},
		{Name: "2^32-1 bodies", Wasm: With(Sec(secCode, most())), Outcome: Limit, Says: "function bodies"},
		{Name: "2^32-1 data segments", Wasm: With(Sec(secData, most())), Outcome: Limit, Says: "data segments"},
		{Name: "2^32-1 announced data segments", Wasm: With(Sec(secDataCount, most())), Outcome: Limit, Says: "data segments"},
		{Name: "2^32-1 bytes of data", Wasm: With(Sec(secData, Cat(Leb(1), Leb(1), most()))), Outcome: Invalid, Says: "are left"},
		{Name: "2^32-1 locals", Wasm: Running(Cat(Leb(1), most(), []byte{typeI32})), Outcome: Limit, Says: "locals"},
		{Name: "locals summed over groups", Wasm: Running(Cat(Leb(2), Leb(3000), []byte{typeI32}, Leb(3000), []byte{typeI64})), Outcome: Limit, Says: "locals"},
		{Name: "2^32-1 local groups", Wasm: Running(most()), Outcome: Limit, Says: "groups of locals"},
		{Name: "2^32-1 branch targets", Wasm: Running(NoLocals(), Cat([]byte{opBrTable}, most())...), Outcome: Limit, Says: "br_table"},
		{Name: "name of 2^32-1 bytes", Wasm: With(Sec(secExport, Cat(Leb(1), most()))), Outcome: Limit, Says: "export name"},
		{Name: "custom name of 2^32-1 bytes", Wasm: Join(Sec(secCustom, most())), Outcome: Limit, Says: "custom section name"},
		{Name: "custom sections of 5 MiB", Wasm: Join(Sec(secCustom, Cat(Str("x"), make([]byte, 5<<20)))), Outcome: Limit, Says: "custom sections"},
		{Name: "a module of 17 MiB", Wasm: Join(Sec(secCustom, make([]byte, 17<<20))), Outcome: Limit, Says: "module bytes"},
		{Name: "a million empty functions", Wasm: Empties(1 << 20), Outcome: Limit, Says: "functions"},
		{Name: "a body of 2 MiB", Wasm: Running(NoLocals(), Times(2<<20, 0x01)...), Outcome: Limit, Says: "bytes in one function"},
		{Name: "100k nested blocks", Wasm: Running(NoLocals(), Cat(Times(100_000, opBlock, 0x40), Times(100_000, opEnd))...), Outcome: Limit, Says: "nesting depth"},
		{Name: "20k nested ifs", Wasm: Running(NoLocals(), Cat(Times(20_000, opI32Const, 1, opIf, 0x40), Times(20_000, opEnd))...), Outcome: Limit, Says: "nesting depth"},
		{Name: "100k blocks in a row", Wasm: Running(NoLocals(), Times(100_000, opBlock, 0x40, opEnd)...), Outcome: Limit, Says: "blocks"},
		{Name: "4k locals through 2,000 loops", Wasm: Running(Cat(Leb(1), Leb(4000), []byte{typeI64}), Times(2000, opLoop, 0x40, opEnd)...), Outcome: Limit, Says: "locals × blocks"},
		{Name: "branch tables without end", Wasm: Running(NoLocals(), Times(2000, Cat([]byte{opBrTable}, Leb(100), Times(101, 0))...)...), Outcome: Limit, Says: "branch targets"},
	}
}
