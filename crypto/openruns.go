package crypto

import "io"

// Reader reads the object from its beginning. It is an io.WriterTo too, so that
// io.Copy takes long runs.
func (o *Opener) Reader() io.Reader { return &reader{o: o} }

type reader struct {
	o   *Opener
	off int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.o.ReadAt(p, r.off)
	r.off += int64(n)
	return n, err
}

func (r *reader) WriteTo(w io.Writer) (int64, error) {
	if r.off >= r.o.size {
		return 0, nil
	}
	first := r.off / segmentSize
	c := &copyRun{o: r.o, w: w, first: first, skip: r.off % segmentSize, pieces: piecesOf(r.o.segments-first, r.o.cores)}
	err := r.o.run(c.count(), c)
	r.off += c.done
	return c.done, err
}

// copyRun writes segments to w, the first of them without its first bytes.
type copyRun struct {
	o     *Opener
	w     io.Writer
	first int64 // index of the segment that is the pieces' first
	skip  int64
	pieces
	done int64 // bytes written
}

// each calls do for the segments of a piece, which lie one after the other in the
// lane's buffer.
func (c *copyRun) each(l *lane, piece int64, do func(index int64, sealed []byte) error) error {
	from, end := c.of(piece)
	buf := l.room((end - from) * sealedSeg)
	for i := from; i < end; i++ {
		if err := do(c.first+i, buf[(i-from)*sealedSeg:][:c.o.sealedLength(c.first+i)]); err != nil {
			return err
		}
	}
	return nil
}

func (c *copyRun) work(l *lane, piece int64) error {
	return c.each(l, piece, func(index int64, sealed []byte) error {
		_, err := c.o.read(l, sealed[:0], sealed, index)
		return err
	})
}

func (c *copyRun) give(l *lane, piece int64) error {
	return c.each(l, piece, func(_ int64, sealed []byte) error {
		plain := sealed[c.skip : len(sealed)-tagSize]
		n, err := c.w.Write(plain)
		c.done, c.skip = c.done+int64(n), 0
		if err == nil && n != len(plain) {
			err = io.ErrShortWrite
		}
		return err
	})
}

// run runs over the pieces on o.cores lanes.
func (o *Opener) run(count int64, r run) error {
	lanes := make([]*lane, max(1, min(int64(o.cores), count)))
	for i := range lanes {
		lanes[i] = o.lane()
	}
	err := inOrder(lanes, count, r)
	for _, l := range lanes {
		o.idle.Put(l)
	}
	return err
}

// readWhole decrypts n segments into p.
func (o *Opener) readWhole(p []byte, first, n int64) (int, error) {
	r := &readRun{o: o, p: p, first: first, pieces: piecesOf(n, o.cores)}
	err := o.run(r.count(), r)
	return r.done, err
}

type readRun struct {
	o     *Opener
	p     []byte
	first int64 // index of the segment that is the pieces' first
	pieces
	done int // bytes of p
}

func (r *readRun) work(l *lane, piece int64) error {
	from, end := r.of(piece)
	for i := from; i < end; i++ {
		sealed := l.room(r.o.sealedLength(r.first + i))
		if _, err := r.o.read(l, r.p[i*segmentSize:][:0], sealed, r.first+i); err != nil {
			return err
		}
	}
	return nil
}

func (r *readRun) give(_ *lane, piece int64) error {
	_, end := r.of(piece)
	r.done = int(min(end*segmentSize, r.o.size-r.first*segmentSize))
	return nil
}
