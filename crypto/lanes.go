package crypto

import "sync"

// A piece is what a goroutine takes at a time. Alone it takes segment by segment,
// which stay in the core's cache; beside others it takes several, so that waiting
// for its turn costs little.
const pieceSegments = 4

// pieces parts n segments among goroutines.
type pieces struct{ n, size int64 }

func piecesOf(n int64, goroutines int) pieces {
	if goroutines > 1 {
		return pieces{n, pieceSegments}
	}
	return pieces{n, 1}
}

func (p pieces) count() int64 { return (p.n + p.size - 1) / p.size }

// of gives a piece's first segment and the one after its last.
func (p pieces) of(piece int64) (first, end int64) {
	return piece * p.size, min(p.n, (piece+1)*p.size)
}

// lane is what one goroutine seals or opens with.
type lane struct {
	nonce [12]byte
	buf   []byte // sealed segments
}

// room gives n bytes of the buffer, which grows to at most a sealed piece.
func (l *lane) room(n int64) []byte {
	if int64(cap(l.buf)) < n {
		l.buf = make([]byte, n)
	}
	return l.buf[:n]
}

// run is what several goroutines do with the pieces 0, 1, 2 … of a stream.
type run interface {
	work(l *lane, piece int64) error // for different pieces at the same time
	give(l *lane, piece int64) error // for one after the other, in their order
}

// inOrder runs r over so many pieces on a goroutine for each lane, the caller's
// included. The first error in the order of the pieces ends it: no later one is
// given. No goroutine is left when it returns.
func inOrder(lanes []*lane, count int64, r run) error {
	if len(lanes) == 1 {
		return onOne(lanes[0], count, r)
	}
	q := &queue{count: count, run: r}
	q.turned.L = &q.mu
	var others sync.WaitGroup
	for _, l := range lanes[1:max(1, min(int64(len(lanes)), count))] {
		others.Go(func() { q.loop(l) })
	}
	q.loop(lanes[0])
	others.Wait()
	return q.err
}

func onOne(l *lane, count int64, r run) error {
	for piece := range count {
		if err := r.work(l, piece); err != nil {
			return err
		}
		if err := r.give(l, piece); err != nil {
			return err
		}
	}
	return nil
}

// queue hands out pieces and turns.
type queue struct {
	count int64 // of the pieces
	run   run

	mu     sync.Mutex // guards the rest
	turned sync.Cond  // turn or err has changed
	next   int64      // the piece to be worked on
	turn   int64      // the piece to be given
	err    error
}

func (q *queue) loop(l *lane) {
	for {
		piece, ok := q.take()
		if !ok {
			return
		}
		err := q.run.work(l, piece)
		if !q.await(piece) {
			return
		}
		if err == nil {
			err = q.run.give(l, piece)
		}
		q.done(err)
	}
}

func (q *queue) take() (piece int64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil || q.next == q.count {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}

// await waits for the piece's turn; false says that an earlier one failed.
func (q *queue) await(piece int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.err == nil && q.turn != piece {
		q.turned.Wait()
	}
	return q.err == nil
}

// done ends a turn.
func (q *queue) done(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.turn++
	q.err = err
	q.turned.Broadcast()
}
