package admission

// Opcodes that the walk treats by name, binary format 5.4.
const (
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opCall         = 0x10
	opCallIndirect = 0x11
	opSelectTyped  = 0x1c
	opLocalGet     = 0x20
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opTableGet     = 0x25
	opTableSet     = 0x26
	opI32Load      = 0x28
	opI64Store32   = 0x3e
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opI32Eqz       = 0x45
	opExtend32     = 0xc4 // the last without immediates
	opRefNull      = 0xd0
	opRefIsNull    = 0xd1
	opRefFunc      = 0xd2
	opMisc         = 0xfc
	opSIMD         = 0xfd
)

// proposal names the feature that an opcode outside WebAssembly 2.0 belongs to.
func proposal(op byte) string {
	switch {
	case op >= 0x06 && op <= 0x0a, op == 0x18, op == 0x19, op == 0x1f:
		return "exceptions"
	case op == 0x12, op == 0x13, op == 0x15:
		return "tail calls"
	case op == 0x14, op >= 0xd3 && op <= 0xd6:
		return "typed function references or garbage collection"
	case op == 0xfb:
		return "garbage collection"
	case op == 0xfe:
		return "threads"
	}
	return "unknown instructions"
}

// plain reports an opcode without immediates.
func plain(op byte) bool {
	switch op {
	case 0x00, 0x01, 0x0f, 0x1a, 0x1b, opRefIsNull: // unreachable nop return drop select
		return true
	}
	return op >= opI32Eqz && op <= opExtend32
}

// dear is what an instruction weighs beyond 1 when the compiler adds a check and
// a way out to it.
const dear = 3

// traps reports a division, remainder or trapping conversion.
func traps(op byte) bool {
	return op >= 0x6d && op <= 0x70 || op >= 0x7f && op <= 0x82 || op >= 0xa8 && op <= 0xab || op >= 0xae && op <= 0xb1
}
