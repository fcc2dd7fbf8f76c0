package admission

import "unicode/utf8"

// reader reads one section or one body. The first error stays, and empties the
// reader, so that a caller may read on and ask once.
type reader struct {
	b    []byte
	base int // offset of b[0] in the module, for messages
	off  int
	err  error
}

func (r *reader) left() int { return len(r.b) - r.off }

func (r *reader) at() int { return r.base + r.off }

func (r *reader) fail(err error) {
	if r.err == nil && err != nil {
		r.err = err
		r.off = len(r.b)
	}
}

func (r *reader) malformed(format string, args ...any) {
	if r.err == nil {
		r.fail(malformed(r.at(), format, args...))
	}
}

func (r *reader) byte() byte {
	if r.off >= len(r.b) {
		r.malformed("the bytes end too soon")
		return 0
	}
	r.off++
	return r.b[r.off-1]
}

func (r *reader) take(n uint32) []byte {
	if uint64(n) > uint64(r.left()) {
		r.malformed("%d bytes are claimed, %d are left", n, r.left())
		return nil
	}
	r.off += int(n)
	return r.b[r.off-int(n) : r.off : r.off]
}

// sub is a reader over the next n bytes.
func (r *reader) sub(n uint32) *reader {
	sub := &reader{base: r.at()}
	sub.b = r.take(n)
	sub.err = r.err
	return sub
}

// end refuses bytes that nothing has read.
func (r *reader) end(what string) {
	if r.err == nil && r.left() > 0 {
		r.malformed("%d bytes too many in %s", r.left(), what)
	}
}

// u32 reads an unsigned LEB128: at most five bytes, unused bits zero. Padding
// within the five bytes is valid, and linkers use it.
func (r *reader) u32() uint32 {
	if r.off < len(r.b) && r.b[r.off] < 0x80 {
		r.off++
		return uint32(r.b[r.off-1])
	}
	return uint32(r.uleb(32))
}

func (r *reader) uleb(width uint) uint64 {
	var v uint64
	for shift := uint(0); shift < width; shift += 7 {
		c := r.byte()
		if shift+7 > width && c>>(width-shift) != 0 {
			break
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	r.malformed("a number does not fit in %d bits", width)
	return 0
}

// sleb reads a signed LEB128 of 32, 33 or 64 bits: unused bits repeat the sign.
func (r *reader) sleb(width uint) int64 {
	var v int64
	for shift := uint(0); shift < width; shift += 7 {
		c := r.byte()
		if shift+7 > width {
			sign := int8(c<<1) >> 1 >> (width - shift - 1) // what lies above the value's last bit, and that bit
			if c >= 0x80 || sign != 0 && sign != -1 {
				break
			}
		}
		v |= int64(c&0x7f) << shift
		if c < 0x80 {
			if shift+7 < 64 {
				v = v << (57 - shift) >> (57 - shift)
			}
			return v
		}
	}
	r.malformed("a signed number does not fit in %d bits", width)
	return 0
}

// count reads the length of a vector whose elements take at least size bytes
// each, and holds it to its limit and to the bytes that are left.
func (r *reader) count(what string, limit, size int) int {
	n := r.u32()
	if r.err != nil {
		return 0
	}
	if err := atMost(what, uint64(n), limit); err != nil {
		r.fail(err)
		return 0
	}
	if uint64(n)*uint64(size) > uint64(r.left()) {
		r.malformed("%d %s are claimed, %d bytes are left", n, what, r.left())
		return 0
	}
	return int(n)
}

func (r *reader) name(what string, limit int) string {
	n := r.count("bytes in "+what, limit, 1)
	b := r.take(uint32(n))
	if !utf8.Valid(b) {
		r.malformed("%s is not UTF-8", what)
		return ""
	}
	return string(b)
}
