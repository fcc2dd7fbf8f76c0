package hostile

// Entries lists guests that act where no guest is meant to: at their start, as
// they are called, in their exports.
func Entries() []Module {
	const start, init = 1, 2
	// other makes a guest with a second function that is run at its start, or as
	// _initialize, or both.
	other := func(where int, code []byte, calls ...string) []byte {
		g := guest{calls: calls, run: i32(0), data: layout(table(1)), more: []function{{code: string(code)}}}
		if where&start != 0 {
			g.with = append(g.with, Sec(secStart, Leb(g.self()+1)))
		}
		if where&init != 0 {
			g.with = append(g.with, exports(g.self(), ExportOf("_initialize", kindFunction, g.self()+1)))
		}
		return g.module()
	}
	emit := Cat(i32(outAt, 3, frameAt, uint32(len(table(1)))), call(0), []byte{opDrop})
	exit := func(code uint32) []byte { return Cat(i32(code), call(0)) }
	return []Module{
		{Name: "spinning at its start", Wasm: other(start, forever()), Outcome: KilledTime},
		{Name: "spinning as it is initialised", Wasm: other(init, forever()), Outcome: KilledTime},
		{Name: "trapping at its start", Wasm: other(start, []byte{opUnreachable}), Outcome: Trap},
		{Name: "trapping as it is initialised", Wasm: other(init, []byte{opUnreachable}), Outcome: Trap},
		{Name: "leaving at its start", Wasm: other(start, exit(0), callExit), Outcome: Exit},
		{Name: "leaving as it is initialised", Wasm: other(init, exit(0), callExit), Outcome: Exit},
		{Name: "a forged deadline at its start", Wasm: other(start, exit(0xefffffff), callExit), Outcome: Exit},
		{Name: "emitting at its start", Wasm: other(start, emit, callEmit), Outcome: Fine},
		{Name: "emitting as it is initialised", Wasm: other(init, emit, callEmit), Outcome: Fine},
		{Name: "emitting in both", Wasm: other(start|init, emit, callEmit), Outcome: Fine},
		{Name: "calling yb_run as it is initialised", Wasm: other(init, Cat(call(0), []byte{opDrop})), Outcome: Fine},
		{Name: "a call of the host as yb_run", Wasm: handed(callInputs), Outcome: Exit},
		{Name: "a call of the host in a table", Wasm: tabled(), Outcome: Fine},
		{Name: "one call imported twice", Wasm: guest{calls: []string{callInputs, callInputs}, run: Cat(call(0), call(1), []byte{opI32Ne})}.module(), Outcome: Fine},
		{Name: "memory under several names", Wasm: named("m", "", "yingbi", string(Times(128, 'x'))), Outcome: Fine},
		{Name: "names that look like the host's", Wasm: named("yb_map\x00", "_start ", "__proto__", "../memory", "ｍemory"), Outcome: Fine},
		{Name: "data beyond the memory", Wasm: With(Sec(secData, Vec(Cat([]byte{0}, i32(1<<16), []byte{opEnd}, Str("x"))))), Outcome: Trap},
		{Name: "data at 4 GiB", Wasm: With(Sec(secData, Vec(Cat([]byte{0}, i32(1<<32-1), []byte{opEnd}, Str("xx"))))), Outcome: Trap},
		{Name: "elements beyond the table", Wasm: With(Sec(secTable, Vec([]byte{typeFuncref, 1, 1, 1})), Sec(secElement, Vec([]byte{0, opI32Const, 1, opEnd, 1, 0}))), Outcome: Fine}, // they are left out
	}
}

// exports makes those that a guest needs, and others.
func exports(run uint64, others ...[]byte) Section {
	return Sec(secExport, Vec(append(others, ExportOf("memory", kindMemory, 0), ExportOf("yb_run", kindFunction, run))...))
}

// handed exports the host's own call as yb_run.
func handed(host string) []byte {
	return guest{calls: []string{host}, run: i32(0), with: []Section{exports(0)}}.module()
}

// tabled calls the host through a table.
func tabled() []byte {
	return guest{
		calls: []string{callInputs},
		run:   Cat(i32(0), []byte{opCallIndirect, 0, 0}, i32(1), []byte{opI32Ne}),
		with:  []Section{Sec(secTable, Vec([]byte{typeFuncref, 1, 1, 1})), Sec(secElement, Vec([]byte{0, opI32Const, 0, opEnd, 1, 0}))},
	}.module()
}

// named exports the memory under more names.
func named(names ...string) []byte {
	var list [][]byte
	for _, name := range names {
		list = append(list, ExportOf(name, kindMemory, 0))
	}
	return With(exports(0, list...))
}
