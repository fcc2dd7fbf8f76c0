package hostile

// Opcodes, binary format 5.4.
const (
	opUnreachable  = 0x00
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opDrop         = 0x1a
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opTableGet     = 0x25
	opI32Load      = 0x28
	opI32Store     = 0x36
	opI32Store8    = 0x3a
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF64Const     = 0x44
	opI32Eqz       = 0x45
	opI32Eq        = 0x46
	opI32Ne        = 0x47
	opI32LtS       = 0x48
	opI32GtS       = 0x4a
	opI32Add       = 0x6a
	opI32Sub       = 0x6b
	opI32DivS      = 0x6d
	opI32TruncF64  = 0xaa
	opI32Shl       = 0x74
	opRefNull      = 0xd0
	opRefFunc      = 0xd2
	opMisc         = 0xfc
	opSIMD         = 0xfd
)

// Instructions behind opMisc.
const (
	memoryInit = 8
	dataDrop   = 9
	memoryCopy = 10
	memoryFill = 11
	tableInit  = 12
	elemDrop   = 13
	tableCopy  = 14
	tableGrow  = 15
	tableFill  = 17
)

// i32 puts constants on the stack, the first one lowest.
func i32(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = Cat(b, []byte{opI32Const}, sleb(int64(int32(v))))
	}
	return b
}

func i64(v uint64) []byte { return append([]byte{opI64Const}, sleb(int64(v))...) }

func call(function uint64) []byte { return append([]byte{opCall}, Leb(function)...) }

// misc writes a bulk instruction and its immediates.
func misc(op byte, immediates ...byte) []byte { return append([]byte{opMisc, op}, immediates...) }

// forever repeats the body without end.
func forever(body ...[]byte) []byte {
	return Cat([]byte{opLoop, noType}, Cat(body...), []byte{opBr, 0, opEnd})
}
