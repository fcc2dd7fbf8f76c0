package hostile

// Traps lists guests that do what no machine can, or end themselves in a way that
// is to look like something else.
func Traps() []Module {
	trap := func(name string, run []byte, with ...Section) Module {
		return Module{Name: name, Wasm: guest{run: run, with: with}.module(), Outcome: Trap}
	}
	exit := func(name string, code uint32) Module {
		return Module{Name: name, Wasm: guest{calls: []string{callExit}, run: Cat(i32(code), call(0), i32(0))}.module(), Outcome: Exit}
	}
	returning := func(name string, result uint32) Module {
		return Module{Name: name, Wasm: guest{run: i32(result)}.module(), Outcome: Exit}
	}
	table := Sec(secTable, Vec([]byte{typeFuncref, 1, 2, 2}))
	passive := []Section{Sec(secDataCount, Leb(1)), Sec(secData, Vec(Cat([]byte{1}, Str("data"))))}
	const i32MinS = 1 << 31
	store := []byte{opI32Store, 2, 0}
	return []Module{
		trap("unreachable", []byte{opUnreachable}),
		trap("a division by zero", Cat(i32(1, 0), []byte{opI32DivS})),
		trap("a division that overflows", Cat(i32(i32MinS, 1<<32-1), []byte{opI32DivS})),
		trap("not a number as an integer", []byte{opF64Const, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f, opI32TruncF64}),
		trap("a load beyond the memory", Cat(i32(1<<16-3), []byte{opI32Load, 2, 0})),
		trap("a load at the end of all addresses", Cat(i32(1<<32-1), Cat([]byte{opI32Load, 2}, most()))),
		trap("a store beyond the memory", Cat(i32(1<<32-4, 1), store, i32(0))),
		trap("filling beyond the memory", Cat(i32(1, 0, 1<<16), misc(memoryFill, 0), i32(0))),
		trap("copying 4 GiB", Cat(i32(0, 1, 1<<32-1), misc(memoryCopy, 0, 0), i32(0))),
		trap("data beyond its segment", Cat(i32(0, 0, 5), misc(memoryInit, 0, 0), i32(0)), passive...),
		trap("data that was dropped", Cat(misc(dataDrop, 0), i32(0, 0, 1), misc(memoryInit, 0, 0), i32(0)), passive...),
		trap("an entry beyond the table", Cat(i32(2), []byte{opTableGet, 0, opDrop}, i32(0)), table),
		trap("a call beyond the table", Cat(i32(1<<32-1), []byte{opCallIndirect, 0, 0}), table),
		trap("a call of nothing", Cat(i32(0), []byte{opCallIndirect, 0, 0}), table),
		trap("a call as another type", Cat(i32(0), []byte{opCallIndirect, 1, 0}, i32(0)), table, Sec(secElement, Vec([]byte{0, opI32Const, 0, opEnd, 1, 0}))),
		exit("leaving with 0", 0),
		exit("leaving with the code of a deadline", 0xefffffff),
		exit("leaving with the code of a cancelled run", 0xffffffff),
		returning("a result of 7", 7),
		returning("a result of −1", 1<<32-1),
		returning("the code of a deadline as a result", 0xefffffff),
	}
}
