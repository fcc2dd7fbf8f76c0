package hostile

// Uncompilable lists modules that have a module's shape, so that admission lets them
// through, and whose code contradicts itself: the compiler must find it.
func Uncompilable() []Module {
	bad := func(name string, code ...byte) Module {
		return Module{Name: name, Wasm: With(Sec(secCode, Vec(Code(NoLocals(), append(code, opEnd)...)))), Outcome: Uncompiled}
	}
	with := func(name string, changes ...Section) Module {
		return Module{Name: name, Wasm: With(changes...), Outcome: Uncompiled}
	}
	table := func(kind byte) Section { return Sec(secTable, Vec([]byte{kind, 1, 1, 1})) }
	const externref = 0x6f
	return []Module{
		bad("no result where one is promised"),
		bad("a result of another type", i64(0)...),
		bad("two results", i32(0, 0)...),
		bad("a sum of a number and an address", Cat(i32(1), i64(1), []byte{opI32Add})...),
		bad("a sum of nothing", opI32Add),
		bad("a load from a double", Cat([]byte{opF64Const, 0, 0, 0, 0, 0, 0, 0, 0}, []byte{opI32Load, 2, 0})...),
		bad("an alignment beyond the value's", Cat(i32(0), []byte{opI32Load, 3, 0})...),
		bad("a branch without a condition", opBlock, noType, opBrIf, 0, opEnd, opI32Const, 0),
		bad("arms of two types", Cat(i32(1), []byte{opIf, typeI32}, i32(0), []byte{opElse}, i64(0), []byte{opEnd})...),
		bad("an if with a result and one arm", Cat(i32(1), []byte{opIf, typeI32}, i32(0), []byte{opEnd})...),
		bad("a block that takes what is not there", opBlock, typeI32, opEnd),
		bad("the stack of another block", Cat(i32(0), []byte{opBlock, noType, opDrop, opEnd}, i32(0))...),
		bad("a branch table of two heights", Cat([]byte{opBlock, typeI32, opBlock, noType}, i32(0), []byte{opBrTable, 1, 0, 1, opEnd}, i32(0), []byte{opEnd})...),
		with("a global of another type", Sec(secGlobal, Vec(Cat([]byte{typeI32, 0}, i64(0), []byte{opEnd})))),
		with("a constant global that is written", Sec(secGlobal, Vec([]byte{typeI32, 0, opI32Const, 0, opEnd})),
			Sec(secCode, Vec(Code(NoLocals(), opI32Const, 0, 0x24, 0, opI32Const, 0, opEnd)))),
		with("a call through a table of foreign references", table(externref),
			Sec(secCode, Vec(Code(NoLocals(), opI32Const, 0, opCallIndirect, 0, 0, opEnd)))),
		with("functions in a table of foreign references", table(externref), Sec(secElement, Vec([]byte{0, opI32Const, 0, opEnd, 1, 0}))),
		with("data at a place that is no number", Sec(secData, Vec(Cat([]byte{0}, i64(0), []byte{opEnd}, Str("x"))))),
		with("an address as a reference", table(typeFuncref), Sec(secCode, Vec(Code(NoLocals(), Cat(i32(0, 0), []byte{0x26, 0}, i32(0), []byte{opEnd})...)))),
	}
}

// Dear lists modules just below the limits of admission: what they cost is bounded,
// by the limits or by the deadline.
func Dear() []Module {
	divisions := Times(90_000, Cat(i32(1, 1), []byte{opI32DivS, opDrop})...)
	params := FuncType(string(Times(64, typeI64)), "")
	types := append([][]byte{FuncType("", "\x7f")}, repeat(2000, params)...)
	table := append(Leb(30_000), Times(30_001, 0)...)
	return []Module{
		{Name: "30,000 functions", Wasm: Empties(30_000), Outcome: Fine},
		{Name: "a body of a megabyte", Wasm: Running(NoLocals(), Times(340_000, opI32Const, 0, opDrop)...), Outcome: Fine},
		{Name: "4,000 nested blocks", Wasm: Running(NoLocals(), Cat(Times(4000, opBlock, noType), Times(4000, opEnd))...), Outcome: Fine},
		{Name: "30,000 branch targets", Wasm: Running(NoLocals(), Cat([]byte{opBlock, noType}, i32(0), []byte{opBrTable}, table, []byte{opEnd})...), Outcome: Fine},
		{Name: "4,000 locals", Wasm: Running(Cat(Leb(1), Leb(4000), []byte{typeI64})), Outcome: Fine},
		{Name: "2,000 types of 64 parameters", Wasm: With(Sec(secType, Vec(types...))), Outcome: Fine},
		{Name: "100,000 data segments", Wasm: With(Sec(secData, Vec(repeat(100_000, []byte{1, 1, 'x'})...))), Outcome: Fine},
		{Name: "half a million custom sections", Wasm: append(With(), Times(500_000, secCustom, 1, 0)...), Outcome: Fine},
		{Name: "90,000 divisions in each of 8 functions", Wasm: copies(8, divisions), Outcome: Slow},
	}
}

func repeat(n int, b []byte) [][]byte {
	list := make([][]byte, n)
	for i := range list {
		list[i] = b
	}
	return list
}

// copies gives a module of n functions with this body.
func copies(n int, body []byte) []byte {
	one := Code(NoLocals(), append(body, opI32Const, 0, opEnd)...)
	return With(
		Sec(secFunction, Cat(Leb(uint64(n)), make([]byte, n))),
		Sec(secCode, Cat(Leb(uint64(n)), Times(n, one...))),
	)
}
