package view

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"

	"yingbi/masking"
	"yingbi/vault"
)

// A batch of rows is packed into one piece for each bucket that gets some of them.
// All numbers are little endian:
//
//	place (8) and length (4) of the bucket's piece before; length 0: there is none
//	rows (4), and the number of the first row of the batch (8)
//	of each column: width (1), flags (1), low (8)
//	rests, 4 bytes each: where the rows go in the bucket
//	of each column: a bitmap of the rows with a value, where there are nulls;
//	                values above low, of width bytes each. Texts are the numbers of
//	                words, or packed pseudonyms, or lengths and then the texts
//
// Rows keep their order.
const (
	pieceHead  = 8 + 4 + 4 + 8
	columnHead = 1 + 1 + 8
	flagNulls  = 1
	flagCoded  = 2
	flagPacked = 4
)

// batch is one batch of rows in pieces, each with room for its seal.
type batch struct {
	rows   int
	bytes  []byte
	pieces []piece
}

// piece is where in a batch's bytes the rows of a bucket are.
type piece struct {
	bucket     uint32
	start, end int
}

// packer packs batches. It keeps its memory from one to the next, and gives that of
// a batch again when it packs another.
type packer struct {
	buckets int64
	words   *vocabularies
	keys    []uint64
	of      []place
	byPlace []uint32 // the batch's rows by bucket
	first   []int    // of each bucket in byPlace; one more at the end
	at      []int    // of each bucket in bytes: where the next column goes
	columns []column
	layouts []layout
	rooms   [][]int64
	batch   batch
}

func newPacker(buckets int64, words *vocabularies) *packer {
	n := len(words.columns)
	return &packer{buckets: buckets, words: words, columns: make([]column, n), layouts: make([]layout, n), rooms: make([][]int64, n)}
}

// room gives room for the keys of n rows, for pack.
func (p *packer) room(n int64) []uint64 {
	p.keys = grown(p.keys, int(n))
	return p.keys
}

// pack takes rows with these keys. The first one's number says which batches were
// read before this one.
func (p *packer) pack(columns []arrow.Array, keys []uint64, number int64) (*batch, error) {
	p.of = grown(p.of, len(keys))
	for i, key := range keys {
		p.of[i] = placeOf(key, p.buckets)
	}
	p.sortByBucket()
	if err := p.takeApart(columns); err != nil {
		return nil, err
	}
	p.layOut(number)
	for c := range p.columns {
		p.put(c)
	}
	p.batch.rows = len(keys)
	return &p.batch, nil
}

func (p *packer) sortByBucket() {
	buckets := int(p.buckets)
	p.first, p.byPlace = grown(p.first, buckets+1), grown(p.byPlace, len(p.of))
	clear(p.first)
	for _, place := range p.of {
		p.first[place.bucket+1]++
	}
	for b := range buckets {
		p.first[b+1] += p.first[b]
	}
	next := append(p.at[:0], p.first[:buckets]...)
	for i, place := range p.of {
		p.byPlace[next[place.bucket]] = uint32(i)
		next[place.bucket]++
	}
	p.at = next
}

func (p *packer) takeApart(columns []arrow.Array) (err error) {
	for c := range p.columns {
		column := &p.columns[c]
		if *column, err = columnOf(columns[c], &p.rooms[c]); err != nil {
			return err
		}
		if column.words != nil {
			p.words.note(c, column.words)
		}
		p.layouts[c] = column.layout()
	}
	return nil
}

// rowsOf gives the rows of a bucket.
func (p *packer) rowsOf(bucket int) []uint32 { return p.byPlace[p.first[bucket]:p.first[bucket+1]] }

// layOut finds the sizes of all pieces and writes what stands before the columns.
func (p *packer) layOut(number int64) {
	buckets := int(p.buckets)
	size := 0
	p.batch.pieces = p.batch.pieces[:0]
	for b := range buckets {
		n := p.first[b+1] - p.first[b]
		p.at[b] = size
		if n == 0 {
			continue
		}
		start := size
		size += p.pieceSize(b, n)
		p.batch.pieces = append(p.batch.pieces, piece{uint32(b), start, size})
	}
	p.batch.bytes = grown(p.batch.bytes, size)
	for _, piece := range p.batch.pieces {
		p.putHead(piece, number)
	}
}

func (p *packer) pieceSize(bucket, n int) int {
	size := pieceHead + len(p.layouts)*columnHead + 4*n + vault.ScratchOverhead
	for c, l := range p.layouts {
		size += l.size(n)
		switch column := &p.columns[c]; {
		case column.values != nil, l.packed:
		case l.width == 0 && !l.nulls:
			size += n * int(l.low)
		default:
			for _, i := range p.rowsOf(bucket) {
				size += column.length(int(i))
			}
		}
	}
	return size
}

func (p *packer) putHead(piece piece, number int64) {
	rows := p.rowsOf(int(piece.bucket))
	b := p.batch.bytes[piece.start:piece.end]
	binary.LittleEndian.PutUint32(b[12:], uint32(len(rows)))
	binary.LittleEndian.PutUint64(b[16:], uint64(number))
	at := pieceHead
	for _, l := range p.layouts {
		b[at], b[at+1] = l.width, l.flags()
		binary.LittleEndian.PutUint64(b[at+2:], uint64(l.low))
		at += columnHead
	}
	for _, i := range rows {
		binary.LittleEndian.PutUint32(b[at:], p.of[i].rest)
		at += 4
	}
	p.at[piece.bucket] = piece.start + at
}

// put writes a column to all pieces. A value is written with eight bytes, of which
// those above its width are written over by what follows: in the end, the seal.
func (p *packer) put(c int) {
	column, l, b := &p.columns[c], p.layouts[c], p.batch.bytes
	for _, piece := range p.batch.pieces {
		at, rows := p.at[piece.bucket], p.rowsOf(int(piece.bucket))
		if l.nulls {
			at = putBitmap(b, at, column, rows)
		}
		if l.packed {
			for _, i := range rows {
				copyPacked(b[at:], column.packed[masking.PackedSize*i:])
				at += masking.PackedSize
			}
		} else if column.values != nil {
			if l.width > 0 {
				for _, i := range rows {
					binary.LittleEndian.PutUint64(b[at:], uint64(column.values[i]-l.low))
					at += int(l.width)
				}
			}
		} else {
			at = putTexts(b, at, column, l, rows)
		}
		p.at[piece.bucket] = at
	}
}

// copyPacked copies a packed pseudonym, by two moves that overlap.
func copyPacked(to, from []byte) {
	const last = masking.PackedSize - 8
	a, b := [8]byte(from), [8]byte(from[last:])
	*(*[8]byte)(to), *(*[8]byte)(to[last:]) = a, b
}

func putBitmap(b []byte, at int, c *column, rows []uint32) int {
	for len(rows) > 0 {
		n, bits := min(8, len(rows)), byte(0)
		for j, i := range rows[:n] {
			if !c.null(int(i)) {
				bits |= 1 << j
			}
		}
		b[at] = bits
		at, rows = at+1, rows[n:]
	}
	return at
}

func putTexts(b []byte, at int, c *column, l layout, rows []uint32) int {
	if l.width > 0 {
		for _, i := range rows {
			binary.LittleEndian.PutUint64(b[at:], uint64(int64(c.length(int(i)))-l.low))
			at += int(l.width)
		}
	}
	for _, i := range rows {
		if !l.nulls || !c.null(int(i)) {
			text := c.bytes(int(i))
			copyText(b[at:], text)
			at += len(text)
		}
	}
	return at
}
