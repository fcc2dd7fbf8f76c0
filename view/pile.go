package view

import (
	"encoding/binary"
	"sync"

	"yingbi/internal/fault"
	"yingbi/vault"
)

// pile holds the packed rows of a view, by bucket: in memory as long as there is
// room, and then in a scratch file of the vault. The pieces of a bucket are a chain,
// so what is kept beside them is one end for each bucket, however many rows there
// are. It is safe for concurrent use. Close it.
type pile struct {
	home *vault.Compartment

	mu      sync.Mutex // guards the rest
	rows    int64
	room    int64    // bytes that may still be kept in memory
	kept    [][]byte // batches in memory
	scratch *vault.Scratch
	buckets []chain
}

// chain is what is known of a bucket's pieces.
type chain struct {
	last   link
	rows   int64
	bytes  int64 // of the pieces, wherever they are
	pieces int
}

// link is where a piece is: in the scratch file, or in memory, where place is
// below 0. Length 0 is no piece.
type link struct {
	place  int64
	length uint32 // with the seal
}

// inMemory gives the place of a piece of a kept batch.
func inMemory(batch, start int) int64 { return ^(int64(batch)<<32 | int64(start)) }

func newPile(home *vault.Compartment, buckets, room int64) *pile {
	return &pile{home: home, room: room, buckets: make([]chain, buckets)}
}

// add takes the rows of a batch over.
func (p *pile) add(b *batch) error {
	scratch, place, err := p.join(b)
	if err != nil || scratch == nil {
		return err
	}
	ends := make([]int, len(b.pieces))
	for i, piece := range b.pieces {
		ends[i] = piece.end
	}
	return scratch.Write(b.bytes, ends, place)
}

// join gives the batch a place and adds its pieces to their chains. It gives the
// scratch file that the batch must be written to, or nil.
func (p *pile) join(b *batch) (_ *vault.Scratch, place int64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows += int64(b.rows)
	size := int64(len(b.bytes))
	spilled := size > p.room || p.scratch != nil
	if spilled && p.scratch == nil {
		if p.scratch, err = p.home.Scratch(); err != nil {
			return nil, 0, err
		}
	}
	if spilled {
		place = p.scratch.Reserve(len(b.bytes))
	}
	for _, piece := range b.pieces {
		at := place + int64(piece.start)
		if !spilled {
			at = inMemory(len(p.kept), piece.start)
		}
		p.buckets[piece.bucket].add(b.bytes[piece.start:piece.end], at)
	}
	if spilled {
		return p.scratch, place, nil
	}
	p.room -= size
	p.kept = append(p.kept, append([]byte{}, b.bytes...))
	return nil, 0, nil
}

// add puts a piece at the end of the chain and notes in it what came before.
func (c *chain) add(piece []byte, place int64) {
	binary.LittleEndian.PutUint64(piece, uint64(c.last.place))
	binary.LittleEndian.PutUint32(piece[8:], c.last.length)
	c.last = link{place, uint32(len(piece))}
	c.pieces++
	c.rows += int64(binary.LittleEndian.Uint32(piece[12:]))
	c.bytes += int64(len(piece))
}

// pieces gives the plain bytes of a bucket's pieces, the last one first. They lie in
// memory of the pile or in room, which grows.
func (p *pile) pieces(bucket int64, room *[]byte) ([][]byte, error) {
	c := &p.buckets[bucket]
	if p.scratch != nil {
		*room = grown(*room, int(c.bytes))
	}
	rest := *room
	out := make([][]byte, 0, c.pieces)
	for l := c.last; l.length > 0; {
		var b []byte
		if l.place < 0 {
			batch, start := int(^l.place>>32), int(uint32(^l.place))
			b = p.kept[batch][start : start+int(l.length)-vault.ScratchOverhead]
		} else {
			if int64(len(rest)) < int64(l.length) {
				return nil, errPile
			}
			var err error
			if b, err = p.scratch.Read(rest[:l.length:l.length], l.place); err != nil {
				return nil, err
			}
			rest = rest[l.length:]
		}
		out = append(out, b)
		l = link{int64(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint32(b[8:])}
	}
	return out, nil
}

var errPile = fault.New(fault.Integrity, "view: what was put aside is not what comes back")

// Close gives memory and disk back.
func (p *pile) Close() error {
	p.kept = nil
	if p.scratch == nil {
		return nil
	}
	return p.scratch.Close()
}
