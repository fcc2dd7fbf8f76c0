package view

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"yingbi/internal/fault"
	"yingbi/masking"
)

// part is a piece of the bucket that is being unpacked.
type part struct {
	bytes  []byte
	number uint64 // of the first row of its batch
	rows   int
	ranks  []uint32 // of its rows in the bucket
	layout int      // where in bytes the layout of the next column is
	at     int      // where in bytes the next column is
	texts  layout   // of the present column
}

// What a row takes while its bucket is unpacked, beside its packed bytes and texts.
const (
	sortBytes = 4 + 8 + 8 + 4 // rest, two of the sorter, rank
	maxWidth  = 16            // of a value, at most: a decimal
)

// unpacker unpacks buckets into their order. It keeps its memory from one to the
// next: what it gives lasts until then.
type unpacker struct {
	schema *arrow.Schema
	words  []*vocabulary // of each column
	room   []byte
	rests  []uint32
	parts  []part
	sorter sorter
	number []uint32
	spare  [][2][]byte // buffers of each column
}

// unpack gives the rows of a bucket in their order.
func (u *unpacker) unpack(p *pile, bucket int64) (arrow.RecordBatch, error) {
	pieces, err := p.pieces(bucket, &u.room)
	if err != nil {
		return nil, err
	}
	n := u.open(pieces)
	columns := make([]arrow.Array, u.schema.NumFields())
	u.spare = grown(u.spare, len(columns))
	for c := range columns {
		if columns[c], err = u.column(c, n); err != nil {
			return nil, err
		}
	}
	return array.NewRecordBatch(u.schema, columns, int64(n)), nil
}

// open reads what stands before the columns and finds the ranks of all rows.
func (u *unpacker) open(pieces [][]byte) (rows int) {
	u.parts, u.rests = u.parts[:0], u.rests[:0]
	for _, b := range pieces {
		u.parts = append(u.parts, part{
			bytes: b, rows: int(binary.LittleEndian.Uint32(b[12:])), number: binary.LittleEndian.Uint64(b[16:]),
			layout: pieceHead, at: pieceHead + columnHead*u.schema.NumFields(),
		})
	}
	slices.SortFunc(u.parts, func(a, b part) int { return cmp.Compare(a.number, b.number) })
	for i := range u.parts {
		part := &u.parts[i]
		for range part.rows {
			u.rests = append(u.rests, binary.LittleEndian.Uint32(part.bytes[part.at:]))
			part.at += 4
		}
	}
	ranks := u.sorter.inOrder(u.rests)
	for i := range u.parts {
		u.parts[i].ranks, ranks = ranks[:u.parts[i].rows], ranks[u.parts[i].rows:]
	}
	return len(u.rests)
}

// column unpacks column c, which is the next one, of n rows.
func (u *unpacker) column(c, n int) (arrow.Array, error) {
	switch t := u.schema.Field(c).Type; t.ID() {
	case arrow.STRING:
		if u.allCoded() {
			return u.coded(c, n)
		}
		return u.texts(c, n)
	case arrow.DATE32:
		out := arrow.Int32Traits.CastFromBytes(u.buffer(c, 0, 4*n))
		valid := spread(u, out, func(v int64) int32 { return int32(v) })
		return masking.NewArray(t, n, valid, arrow.Int32Traits.CastToBytes(out)), nil
	case arrow.DECIMAL128:
		out := arrow.Decimal128Traits.CastFromBytes(u.buffer(c, 0, 16*n))
		valid := spread(u, out, decimal128.FromI64)
		return masking.NewArray(t, n, valid, arrow.Decimal128Traits.CastToBytes(out)), nil
	case arrow.BOOL:
		values := u.buffer(c, 0, n)
		valid := spread(u, values, func(v int64) byte { return byte(v) })
		out := make([]byte, bitutil.BytesForBits(int64(n)))
		for i, v := range values {
			out[i/8] |= v << (i % 8)
		}
		return masking.NewArray(t, n, valid, out), nil
	default: // integers, timestamps, and doubles by their bits
		out := arrow.Int64Traits.CastFromBytes(u.buffer(c, 0, 8*n))
		valid := spread(u, out, func(v int64) int64 { return v })
		return masking.NewArray(t, n, valid, arrow.Int64Traits.CastToBytes(out)), nil
	}
}

// buffer gives n bytes for column c, with anything in them, and room for a value of
// any type: the next bucket's column c may have another.
func (u *unpacker) buffer(c, i, n int) []byte {
	u.spare[c][i] = grown(u.spare[c][i], max(n, maxWidth))
	return u.spare[c][i][:n]
}

// offsets gives room for those of n texts; the first is 0.
func (u *unpacker) offsets(c, n int) []int32 {
	out := arrow.Int32Traits.CastFromBytes(u.buffer(c, 0, 4*(n+1)))
	out[0] = 0
	return out
}

// next gives the layout of the part's next column.
func (p *part) next() layout {
	b := p.bytes[p.layout:]
	p.layout += columnHead
	return layout{width: b[0], nulls: b[1]&flagNulls != 0, coded: b[1]&flagCoded != 0, packed: b[1]&flagPacked != 0, low: int64(binary.LittleEndian.Uint64(b[2:]))}
}

// validity passes over the part's bitmap and notes its nulls in that of the bucket,
// which it makes when there are some.
func (p *part) validity(l layout, valid []byte, n int) []byte {
	if !l.nulls {
		return valid
	}
	if valid == nil {
		valid = make([]byte, bitutil.BytesForBits(int64(n)))
		bitutil.SetBitsTo(valid, 0, int64(n), true)
	}
	for j, rank := range p.ranks {
		if bitutil.BitIsNotSet(p.bytes[p.at:], j) {
			bitutil.ClearBit(valid, int(rank))
		}
	}
	p.at += int(bitutil.BytesForBits(int64(p.rows)))
	return valid
}

// spread puts the values of the next column of all parts to their ranks.
func spread[T any](u *unpacker, out []T, of func(int64) T) (valid []byte) {
	for i := range u.parts {
		p := &u.parts[i]
		l := p.next()
		valid = p.validity(l, valid, len(out))
		if l.width == 0 {
			for _, rank := range p.ranks {
				out[rank] = of(l.low)
			}
			continue
		}
		mask := uint64(1)<<(8*l.width) - 1 // of eight bytes, all
		at := p.at
		for _, rank := range p.ranks {
			out[rank] = of(l.low + int64(p.load(at)&mask))
			at += int(l.width)
		}
		p.at = at
	}
	return valid
}

// load gives eight bytes: those of a value, and of what follows.
func (p *part) load(at int) uint64 {
	return binary.LittleEndian.Uint64(p.bytes[at : at+8 : cap(p.bytes)])
}

// allCoded reports whether the next column is coded in all parts.
func (u *unpacker) allCoded() bool {
	for i := range u.parts {
		if p := &u.parts[i]; p.bytes[p.layout+1]&flagCoded == 0 {
			return false
		}
	}
	return true
}

// coded unpacks a column of numbers of words.
func (u *unpacker) coded(c, n int) (arrow.Array, error) {
	v := u.words[c]
	u.number = grown(u.number, n)
	var valid []byte
	for i := range u.parts {
		p := &u.parts[i]
		l := p.next()
		valid = p.validity(l, valid, n)
		mask := uint64(1)<<(8*l.width) - 1
		for _, rank := range p.ranks {
			u.number[rank] = uint32(l.low + int64(p.load(p.at)&mask))
			p.at += int(l.width)
		}
	}
	offsets, total := u.offsets(c, n), int64(0)
	for rank, number := range u.number {
		if valid != nil && bitutil.BitIsNotSet(valid, rank) {
			number = v.none()
			u.number[rank] = number
		}
		total += int64(v.size(number))
		offsets[rank+1] = int32(total)
	}
	if err := checkText(n, total); err != nil {
		return nil, err
	}
	text := u.buffer(c, 1, int(total)+wordSlack)
	v.write(text, u.number)
	return masking.NewArray(arrow.BinaryTypes.String, n, valid, arrow.Int32Traits.CastToBytes(offsets), text[:total]), nil
}

func checkText(rows int, bytes int64) error {
	if bytes <= math.MaxInt32-wordSlack {
		return nil
	}
	return fault.Errorf(fault.Limit, "view: %d rows of one column hold %d bytes of text; Arrow takes 2 GiB in a piece", rows, bytes)
}

// texts unpacks a column of texts, each part in its own way: first the lengths,
// which say where each goes.
func (u *unpacker) texts(c, n int) (arrow.Array, error) {
	v, offsets := u.words[c], u.offsets(c, n)
	u.number = grown(u.number, n)
	var valid []byte
	for i := range u.parts {
		p := &u.parts[i]
		p.texts = p.next()
		bitmap := p.bytes[p.at:]
		valid = p.validity(p.texts, valid, n)
		u.lengths(p, v, bitmap, offsets[1:])
	}
	total := int64(0)
	for i, length := range offsets {
		total += int64(length)
		offsets[i] = int32(total)
	}
	if err := checkText(n, total); err != nil {
		return nil, err
	}
	text := u.buffer(c, 1, int(total))
	for i := range u.parts {
		u.bodies(&u.parts[i], v, offsets, text)
	}
	return masking.NewArray(arrow.BinaryTypes.String, n, valid, arrow.Int32Traits.CastToBytes(offsets), text), nil
}

// lengths puts the lengths of a part's texts to their ranks, and the numbers of words.
func (u *unpacker) lengths(p *part, v *vocabulary, bitmap []byte, lengths []int32) {
	l := p.texts
	mask := uint64(1)<<(8*l.width) - 1
	for j, rank := range p.ranks {
		value := uint32(masking.PseudonymSize)
		if !l.packed {
			value = uint32(l.low + int64(p.load(p.at)&mask))
			p.at += int(l.width)
		}
		if l.nulls && bitutil.BitIsNotSet(bitmap, j) {
			value = 0
			if l.coded {
				value = v.none()
			}
		}
		if l.coded {
			u.number[rank] = value
			value = uint32(v.size(value))
		}
		lengths[rank] = int32(value)
	}
}

// bodies copies a part's texts to where they belong.
func (u *unpacker) bodies(p *part, v *vocabulary, offsets []int32, text []byte) {
	for _, rank := range p.ranks {
		to := text[offsets[rank]:offsets[rank+1]]
		switch {
		case p.texts.coded:
			copyText(to, v.word(u.number[rank]))
		case p.texts.packed:
			if len(to) > 0 {
				masking.Spell(to, p.bytes[p.at:])
			}
			p.at += masking.PackedSize
		default:
			copyText(to, p.bytes[p.at:p.at+len(to)])
			p.at += len(to)
		}
	}
}
