package hostile

// Malformed lists modules that are none: broken in their bytes, or pointing to
// what is not there.
func Malformed() []Module {
	return []Module{
		{Name: "empty", Wasm: nil, Outcome: Invalid, Says: "magic"},
		{Name: "text", Wasm: []byte("(module)"), Outcome: Invalid, Says: "magic"},
		{Name: "magic only", Wasm: []byte(header[:4]), Outcome: Invalid, Says: "version"},
		{Name: "component", Wasm: []byte("\x00asm\x0d\x00\x01\x00"), Outcome: Denied, Says: "components"},
		{Name: "header only", Wasm: []byte(header), Outcome: Denied, Says: "memory"},
		{Name: "section cut off", Wasm: []byte(header + "\x01\x05\x00"), Outcome: Invalid, Says: "are left"},
		{Name: "section longer than its content", Wasm: Join(Sec(secType, Cat(Vec(), []byte{0}))), Outcome: Invalid, Says: "too many"},
		{Name: "section of 2^32-1 bytes", Wasm: append([]byte(header+"\x01"), most()...), Outcome: Invalid, Says: "are left"},
		{Name: "section twice", Wasm: Join(Minimal()[0], Minimal()[0]), Outcome: Invalid, Says: "twice or out of order"},
		{Name: "sections out of order", Wasm: Join(Minimal()[2], Minimal()[0]), Outcome: Invalid, Says: "out of order"},
		{Name: "data count after code", Wasm: Join(append(Minimal(), Sec(secDataCount, Leb(0)))...), Outcome: Invalid, Says: "out of order"},
		{Name: "unknown section", Wasm: Join(Sec(42, nil)), Outcome: Invalid, Says: "section 42"},
		{Name: "number of six bytes", Wasm: append([]byte(header+"\x01"), 0x80, 0x80, 0x80, 0x80, 0x80, 0), Outcome: Invalid, Says: "32 bits"},
		{Name: "number with unused bits", Wasm: append([]byte(header+"\x01"), 0x80, 0x80, 0x80, 0x80, 0x10), Outcome: Invalid, Says: "32 bits"},
		{Name: "signed number with unused bits", Wasm: Running(NoLocals(), opI32Const, 0x80, 0x80, 0x80, 0x80, 0x10), Outcome: Invalid, Says: "32 bits"},

		{Name: "function without code", Wasm: With(Sec(secFunction, Vec(Leb(0), Leb(0)))), Outcome: Invalid, Says: "have code"},
		{Name: "code section missing", Wasm: Join(Minimal()[:4]...), Outcome: Invalid, Says: "have code"},
		{Name: "start with a result", Wasm: With(Sec(secStart, Leb(0))), Outcome: Invalid, Says: "start function"},
		{Name: "function of no type", Wasm: With(Sec(secFunction, Vec(Leb(7)))), Outcome: Invalid, Says: "type 7"},
		{Name: "call of no function", Wasm: Running(NoLocals(), opCall, 7), Outcome: Invalid, Says: "function 7"},
		{Name: "branch out of the function", Wasm: Running(NoLocals(), opBr, 1), Outcome: Invalid, Says: "label 1"},
		{Name: "local that is not there", Wasm: Running(NoLocals(), opLocalGet, 0), Outcome: Invalid, Says: "local 0"},
		{Name: "global that is not there", Wasm: Running(NoLocals(), opGlobalGet, 0), Outcome: Invalid, Says: "global 0"},
		{Name: "table that is not there", Wasm: Running(NoLocals(), opTableGet, 0), Outcome: Invalid, Says: "table 0"},
		{Name: "segment that is not there", Wasm: Running(NoLocals(), 0xfc, 8, 0, 0), Outcome: Invalid, Says: "data segment 0"},
		{Name: "element segment that is not there", Wasm: Running(NoLocals(), 0xfc, 13, 0), Outcome: Invalid, Says: "element segment 0"},
		{Name: "negative block type", Wasm: Running(NoLocals(), opBlock, 0x41, opEnd), Outcome: Invalid, Says: "block type"},
		{Name: "else without if", Wasm: Running(NoLocals(), opElse), Outcome: Invalid, Says: "else without if"},
		{Name: "body without end", Wasm: With(Sec(secCode, Vec(Code(NoLocals(), opI32Const, 0)))), Outcome: Invalid, Says: "too soon"},
		{Name: "code after the end", Wasm: With(Sec(secCode, Vec(Code(NoLocals(), opI32Const, 0, opEnd, opEnd)))), Outcome: Invalid, Says: "too many"},
		{Name: "constant cut off", Wasm: With(Sec(secCode, Vec(Code(NoLocals(), opF64Const, 0)))), Outcome: Invalid, Says: "are left"},
		{Name: "announced data is missing", Wasm: With(Sec(secDataCount, Leb(3))), Outcome: Invalid, Says: "announced"},
		{Name: "elements without a table", Wasm: With(Sec(secElement, Vec([]byte{0, opI32Const, 0, opEnd, 0}))), Outcome: Invalid, Says: "needs a table"},
	}
}
