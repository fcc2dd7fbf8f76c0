package admission

// body is the walk over one function.
type body struct {
	*reader
	m       *module
	locals  int
	open    []byte // opcodes of the open blocks, the function itself first
	blocks  int
	weight  int // of the blocks; one that carries 16 values weighs two
	targets int
	loops   int // open loops
	nesting int // sum over all loops of the loops open at each, itself included
	ops     int // instructions, dear ones weighing more
}

func (m *module) body(r *reader, function uint32) {
	b := &body{reader: r, m: m}
	b.declare(len(m.types[m.funcs[function]].params))
	b.open = append(b.open, opBlock)
	for r.err == nil && len(b.open) > 0 {
		b.ops++
		b.instruction(r.byte())
	}
	r.end("a function body")
	if r.err != nil {
		return
	}
	work := b.work()
	m.work += work
	r.fail(atMost("work of one function (instructions, locals × blocks × loops)", uint64(work), m.lim.FunctionWork))
	r.fail(atMost("work of all functions (instructions, locals × blocks × loops)", uint64(m.work), m.lim.ModuleWork))
}

// work estimates what the compiler does, in units of about a microsecond (it
// measured between 0.3 and 4). Each local is followed through every block, every
// branch and every loop around it; some passes are quadratic in the blocks.
func (b *body) work() int {
	return b.ops + (b.locals+16)*(b.weight+b.targets/16+b.nesting+1) + b.weight*b.weight/64
}

// declare reads the local declarations: groups of (number, type). The sum is
// what the compiler allocates, and one group may claim 2³²−1.
func (b *body) declare(params int) {
	sum := uint64(params)
	for range b.count("groups of locals", b.m.lim.Locals, 2) {
		sum += uint64(b.u32())
		checkValueType(b.reader, b.byte())
		b.fail(atMost("locals of one function", sum, b.m.lim.Locals))
		if b.err != nil {
			return
		}
	}
	b.fail(atMost("locals of one function", sum, b.m.lim.Locals))
	b.m.locals += sum
	b.fail(atMost("locals of all functions", b.m.locals, b.m.lim.ModuleLocals))
	b.locals = int(sum)
}

func (b *body) instruction(op byte) {
	switch {
	case plain(op):
		if traps(op) {
			b.ops += dear
		}
	case op >= opI32Load && op <= opI64Store32:
		b.memarg(3)
	case op >= opLocalGet && op <= opLocalTee:
		index(b.reader, "local", b.locals)
	case op == opI32Const:
		b.sleb(32)
	case op == opI64Const:
		b.sleb(64)
	case op == opF32Const:
		b.take(4)
	case op == opF64Const:
		b.take(8)
	case op >= opBlock && op <= opElse, op >= opEnd && op <= opBrTable:
		b.control(op)
	default:
		b.rare(op)
	}
}

func (b *body) control(op byte) {
	switch op {
	case opBlock, opLoop, opIf:
		b.blockType()
		b.blocks++
		b.weight++
		if op == opLoop {
			b.loops++
			b.nesting += b.loops
		}
		b.open = append(b.open, op)
		b.fail(atMost("blocks of one function", uint64(b.blocks), b.m.lim.Blocks))
		b.fail(atMost("nesting depth", uint64(len(b.open)-1), b.m.lim.Depth))
	case opElse:
		if top := len(b.open) - 1; b.open[top] != opIf {
			b.malformed("else without if")
		} else {
			b.open[top] = opElse
		}
	case opEnd:
		if b.open[len(b.open)-1] == opLoop {
			b.loops--
		}
		b.open = b.open[:len(b.open)-1]
	case opBr, opBrIf:
		index(b.reader, "label", len(b.open))
	case opBrTable:
		n := b.count("targets of one br_table", b.m.lim.Targets, 1)
		b.targets += n + 1
		b.fail(atMost("branch targets of one function", uint64(b.targets), b.m.lim.Targets))
		for range n + 1 {
			index(b.reader, "label", len(b.open))
		}
	}
}

// blockType is empty, one value type, or a type index as a non-negative s33.
func (b *body) blockType() {
	if b.left() == 0 {
		b.malformed("the bytes end too soon")
		return
	}
	if t := b.b[b.off]; t == 0x40 || valueName(t) != "" {
		b.off++
		return
	}
	t := b.sleb(33)
	if b.err == nil && (t < 0 || t >= int64(len(b.m.types))) {
		b.malformed("block type %d does not exist", t)
	}
	if b.err == nil {
		b.carries(b.m.types[t])
		b.weight += (len(b.m.types[t].params) + len(b.m.types[t].results)) / 16
	}
}

// carries counts the values that a call or a block moves.
func (b *body) carries(s signature) { b.ops += len(s.params) + len(s.results) }

// memarg reads an alignment, at most 2^most bytes, and an offset. Bit 6 of the
// alignment would announce a memory index.
func (b *body) memarg(most uint32) {
	b.m.memory(b.reader)
	b.ops += dear
	if align := b.u32(); align > most {
		b.malformed("alignment 2^%d is too large", align)
	}
	b.u32()
}

func (b *body) rare(op byte) {
	switch op {
	case opCall:
		if f := b.m.functionIndex(b.reader); b.err == nil {
			b.carries(b.m.types[b.m.funcs[f]])
		}
	case opCallIndirect:
		if t := b.m.typeIndex(b.reader); b.err == nil {
			b.carries(b.m.types[t])
		}
		b.m.tableIndex(b.reader)
	case opRefFunc:
		b.m.functionIndex(b.reader)
	case opSelectTyped:
		if n := b.u32(); b.err == nil && n != 1 {
			b.malformed("select of %d types", n)
		}
		checkValueType(b.reader, b.byte())
	case opGlobalGet, opGlobalSet:
		index(b.reader, "global", b.m.globals)
	case opTableGet, opTableSet:
		b.m.tableIndex(b.reader)
	case opMemorySize, opMemoryGrow:
		b.onlyMemory()
	case opRefNull:
		b.m.refType(b.reader)
	case opMisc:
		b.misc()
	case opSIMD:
		b.simd()
	default:
		b.fail(denied("opcode %#x at byte %d: %s are not allowed", op, b.at()-1, proposal(op)))
	}
}

// onlyMemory reads the one byte that names memory 0.
func (b *body) onlyMemory() {
	b.m.memory(b.reader)
	if b.byte() != 0 && b.err == nil {
		b.fail(denied("several memories are not allowed"))
	}
}

// misc reads the instructions behind 0xfc: saturating conversion, bulk memory
// and tables. Their numbers are read as one byte: no padding, so that no other
// reader can see another instruction here.
func (b *body) misc() {
	switch op := b.byte(); op {
	case 0, 1, 2, 3, 4, 5, 6, 7: // trunc_sat
	case 8: // memory.init
		b.data()
		b.onlyMemory()
	case 9: // data.drop
		b.data()
	case 10: // memory.copy
		b.onlyMemory()
		b.onlyMemory()
	case 11: // memory.fill
		b.onlyMemory()
	case 12: // table.init
		index(b.reader, "element segment", b.m.elements)
		b.m.tableIndex(b.reader)
	case 13: // elem.drop
		index(b.reader, "element segment", b.m.elements)
	case 14: // table.copy
		b.m.tableIndex(b.reader)
		b.m.tableIndex(b.reader)
	case 15: // table.grow
		b.m.growsTable = true
		b.m.tableIndex(b.reader)
	case 16, 17: // table.size table.fill
		b.m.tableIndex(b.reader)
	default:
		b.fail(denied("opcode 0xfc %#x at byte %d: unknown instructions are not allowed", op, b.at()-1))
	}
}

// data reads the index of a data segment; the segments come after the code.
func (b *body) data() {
	segments := 0
	if b.m.dataCount != nil {
		segments = int(*b.m.dataCount)
	}
	index(b.reader, "data segment", segments)
}

// simd reads the instructions behind 0xfd: one byte below 128, that byte and a
// 1 from there to 255. Above are the relaxed ones.
func (b *body) simd() {
	op := b.byte()
	if op >= 0x80 && b.byte() != 1 && b.err == nil {
		b.fail(denied("opcode 0xfd %#x at byte %d: relaxed vector instructions are not allowed", op, b.at()-2))
	}
	switch {
	case op <= 11, op == 92, op == 93: // loads and stores, with splat, extension or zeros
		b.memarg(4)
	case op == 12, op == 13: // v128.const, i8x16.shuffle
		b.take(16)
	case op >= 21 && op <= 34: // extract_lane, replace_lane
		b.byte()
	case op >= 84 && op <= 91: // load and store of a lane
		b.memarg(3)
		b.byte()
	}
}
