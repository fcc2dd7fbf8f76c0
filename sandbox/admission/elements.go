package admission

// elementSection reads element segments. The mode's bits (5.5.12): 1 passive or
// declarative, 2 explicit table or declarative, 4 expressions in place of indices.
func (m *module) elementSection(r *reader) {
	for range r.count("element segments", m.lim.Elements, 3) {
		m.elementSegment(r)
		m.elements++
		if r.err != nil {
			return
		}
	}
}

func (m *module) elementSegment(r *reader) {
	mode := r.u32()
	if mode > 7 {
		r.malformed("element segment of mode %d", mode)
		return
	}
	active, explicit, expressions := mode&1 == 0, mode&2 != 0, mode&4 != 0
	if active {
		if explicit {
			m.tableIndex(r)
		} else if len(m.tables) == 0 {
			r.malformed("an element segment needs a table, and there is none")
		}
		m.constant(r)
	}
	if mode&3 != 0 {
		m.elementKind(r, expressions)
	}
	n := r.count("entries of one element segment", m.lim.TableEntries, 1)
	m.entries += uint64(n)
	r.fail(atMost("entries of all element segments", m.entries, m.lim.TableEntries))
	for range n {
		if expressions {
			m.constant(r)
		} else {
			m.functionIndex(r)
		}
		if r.err != nil {
			return
		}
	}
}

// elementKind is a reference type before expressions, and a zero for functions
// before indices.
func (m *module) elementKind(r *reader, expressions bool) {
	kind := r.byte()
	if expressions && kind != typeFuncref && kind != typeExternref {
		r.fail(denied("element segment of type %#x is not allowed", kind))
	}
	if !expressions && kind != 0 {
		r.malformed("element segment of kind %d", kind)
	}
}

// constant reads an initial value: one constant instruction and its end. An
// imported global could be read as well, but no global can be imported.
func (m *module) constant(r *reader) {
	switch op := r.byte(); op {
	case opI32Const:
		r.sleb(32)
	case opI64Const:
		r.sleb(64)
	case opF32Const:
		r.take(4)
	case opF64Const:
		r.take(8)
	case opRefNull:
		m.refType(r)
	case opRefFunc:
		m.functionIndex(r)
	case opSIMD:
		if r.byte() != 12 {
			r.malformed("only v128.const is a vector constant")
		}
		r.take(16)
	default:
		r.malformed("%#x does not begin a constant", op)
	}
	if r.byte() != opEnd && r.err == nil {
		r.fail(denied("an initial value is one constant: extended constants are not allowed"))
	}
}

func (m *module) refType(r *reader) {
	if t := r.byte(); r.err == nil && t != typeFuncref && t != typeExternref {
		r.fail(denied("reference type %#x is not allowed", t))
	}
}
