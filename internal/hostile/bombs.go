package hostile

// Bombs lists guests that never end, or take all they can get.
func Bombs() []Module {
	spin := func(name string, g guest, body ...[]byte) Module {
		g.run = Cat(g.run, forever(body...), i32(0))
		return Module{Name: name, Wasm: g.module(), Outcome: KilledTime}
	}
	drop := []byte{opDrop}
	table := Sec(secTable, Vec([]byte{typeFuncref, 1, 0x80, 0x80, 4, 0x80, 0x80, 4})) // 65,536 entries
	passive := []Section{Sec(secDataCount, Leb(1)), Sec(secData, Vec(Cat([]byte{1}, Str("data"))))}
	large := guest{pages: 200}
	const most = 200 << 16 // bytes of it
	return append([]Module{
		spin("a loop", guest{}),
		spin("a loop of branch tables", guest{}, []byte{opBlock, noType}, i32(3), []byte{opBrTable, 3, 0, 0, 0, 0, opEnd}),
		spin("2⁴⁰ turns of loops in loops", guest{locals: []byte{1, 4, typeI32}}, nested(4)),
		spin("filling memory", large, i32(0, 1, most), misc(memoryFill, 0)),
		spin("copying memory onto itself", large, i32(1, 0, most-1), misc(memoryCopy, 0, 0)),
		spin("filling a table", guest{with: []Section{table}}, i32(0), []byte{opRefNull, typeFuncref}, i32(1<<16), misc(tableFill, 0)),
		spin("copying a table onto itself", guest{with: []Section{table}}, i32(1, 0, 1<<16-1), misc(tableCopy, 0, 0)),
		spin("dropping data again and again", guest{with: passive}, misc(dataDrop, 0), i32(0, 0, 0), misc(memoryInit, 0, 0)),
		spin("asking for memory again and again", guest{}, i32(1), []byte{opMemoryGrow, 0}, drop),
		spin("asking for a table again and again", guest{with: []Section{table}}, []byte{opRefNull, typeFuncref}, i32(1), misc(tableGrow, 0), drop),
		spin("yielding", guest{calls: []string{callYield}}, call(0), drop),
		spin("reading the clock", guest{calls: []string{callClock}}, i32(0), i64(0), i32(8), call(0), drop),
		spin("sleeping for 300 years at a time", guest{calls: []string{callPoll}, data: sleep()}, i32(0, 128, 1, 256), call(0), drop),
		spin("taking randomness", guest{pages: 200, calls: []string{callRandom}}, i32(0, most), call(0), drop),
		spin("writing to standard output", guest{calls: []string{callWrite}, data: []byte("\x08\x00\x00\x00\x08\x00\x00\x00a line\n.")}, i32(1, 0, 1, 64), call(0), drop),
		spin("reading the rows from their beginning", guest{calls: []string{callNext, callRewind}}, i32(0), call(0), drop, i32(0), call(1), drop),
		{Name: "2⁴⁰ calls", Wasm: tree(), Outcome: KilledTime},
		{Name: "calling itself", Wasm: guest{run: call(0)}.module(), Outcome: Trap},
		{Name: "calling itself with 4,000 locals", Wasm: guest{locals: Cat(Leb(1), Leb(4000), []byte{typeI64}), run: call(0)}.module(), Outcome: Trap},
		{Name: "calling itself with 64 parameters", Wasm: wide(), Outcome: Trap},
		{Name: "calling itself through a table", Wasm: indirect(), Outcome: Trap},
	}, hoards()...)
}

// hoard is what a guest takes that is given that many pages, 300 MiB, and a budget of less.
const hoard = 4800

// hoards lists guests that take memory.
func hoards() []Module {
	grow := func(pages uint32) []byte { return Cat(i32(pages), []byte{opMemoryGrow, 0}) }
	refused := []byte{opI32Const, 0x7f, opI32Ne}                   // 0 if the answer was −1
	all := Cat([]byte{opMemorySize, 0}, i32(16), []byte{opI32Shl}) // bytes: pages << 16
	fill := Cat(grow(hoard-1), []byte{opDrop}, i32(0, 1), all, misc(memoryFill, 0), i32(0))
	touch := Cat(grow(hoard-1), []byte{opDrop, opLoop, noType, opLocalGet, 0}, i32(1), []byte{opI32Store, 2, 0, opLocalGet, 0}, i32(4096),
		[]byte{opI32Add, opLocalTee, 0}, all, []byte{opI32Ne, opBrIf, 0, opEnd}, i32(0))
	step := Cat([]byte{opLoop, noType}, grow(1), []byte{opI32Const, 0x7f, opI32Ne, opBrIf, 0, opEnd}, i32(0))
	table := Sec(secTable, Vec([]byte{typeFuncref, 1, 1, 0x80, 0x80, 0x10})) // up to 262,144 entries
	entries := func(n uint32) []byte { return Cat([]byte{opRefNull, typeFuncref}, i32(n), misc(tableGrow, 0)) }
	return []Module{
		{Name: "growing to the limit, page by page", Wasm: guest{run: step}.module(), Outcome: Fine},
		{Name: "growing by 2³²−1 pages", Wasm: guest{run: Cat(grow(1<<32-1), refused)}.module(), Outcome: Fine},
		{Name: "growing past its own maximum", Wasm: guest{most: 2, run: Cat(grow(2), refused)}.module(), Outcome: Fine},
		{Name: "filling memory beyond the budget at once", Wasm: guest{run: fill}.module(), Outcome: KilledMemory, Pages: hoard},
		{Name: "touching memory beyond the budget page by page", Wasm: guest{locals: []byte{1, 1, typeI32}, run: touch}.module(), Outcome: KilledMemory, Pages: hoard},
		{Name: "4 GiB of addresses", Wasm: guest{run: i32(0)}.module(), Outcome: Spent, Pages: 1 << 16},
		{Name: "a table grown to its maximum", Wasm: guest{with: []Section{table}, run: Cat(entries(1<<18-1), []byte{opI32Const, 1, opI32Ne})}.module(), Outcome: Fine},
		{Name: "a table grown past its maximum", Wasm: guest{with: []Section{table}, run: Cat(entries(1<<18), refused)}.module(), Outcome: Fine},
		{Name: "a table grown by 2³²−1", Wasm: guest{with: []Section{table}, run: Cat(entries(1<<32-1), refused)}.module(), Outcome: Fine},
	}
}

// nested counts local 0 to 1,024 in a loop, around the same with local 1, and so on.
func nested(n byte) []byte {
	var body []byte
	for i := n; i > 0; i-- {
		count := Cat([]byte{opLocalGet, i - 1}, i32(1), []byte{opI32Add, opLocalTee, i - 1}, i32(1024), []byte{opI32LtS, opBrIf, 0, opEnd})
		body = Cat(i32(0), []byte{opLocalSet, i - 1, opLoop, noType}, body, count)
	}
	return body
}

// sleep is a subscription that is due in 300 years.
func sleep() []byte {
	b := make([]byte, 48)
	copy(b[24:], "\xff\xff\xff\xff\xff\xff\xff\x7f")
	return b
}

// tree calls itself twice, 40 deep: a recursion without a loop, that ends only in years.
func tree() []byte {
	again := Cat([]byte{opLocalGet, 0}, i32(1), []byte{opI32Sub}, call(1))
	return guest{
		run: Cat(i32(40), call(1), i32(0)),
		more: []function{{params: "\x7f", code: string(Cat(
			[]byte{opLocalGet, 0, opIf, noType}, again, again, []byte{opEnd}))}},
	}.module()
}

// wide calls a function of 64 parameters, which calls itself.
func wide() []byte {
	pass := Cat(repeat(64, i64(0))...)
	return guest{
		run:  Cat(pass, call(1), i32(0)),
		more: []function{{params: string(Times(64, typeI64)), code: string(Cat(pass, call(1)))}},
	}.module()
}

// indirect calls yb_run through a table.
func indirect() []byte {
	return guest{
		run: Cat(i32(0), []byte{opCallIndirect, 0, 0}),
		with: []Section{
			Sec(secTable, Vec([]byte{typeFuncref, 1, 1, 1})), Sec(secElement, Vec([]byte{0, opI32Const, 0, opEnd, 1, 0})),
		},
	}.module()
}
