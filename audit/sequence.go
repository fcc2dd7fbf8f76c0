package audit

import "sync"

// queue holds the entries that wait for the sequencer, in their order.
type queue struct {
	mu      sync.Mutex // guards the rest
	grown   sync.Cond  // on mu: an entry came, or the queue was closed
	entries []*entry
	closed  bool
}

// add gives false when the queue is closed.
func (q *queue) add(e *entry) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.entries = append(q.entries, e)
	q.grown.Signal()
	return true
}

// close gives false when the queue was closed before.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	again := q.closed
	q.closed = true
	q.grown.Signal()
	return !again
}

// maxWrite is how many bytes are gathered for one write. The record that passes
// it is the last of its batch.
const maxWrite = 1 << 20

// take waits for entries and takes what is there; nil after the last.
func (q *queue) take() []*entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.entries) == 0 {
		if q.closed {
			return nil
		}
		q.grown.Wait()
	}
	n, size := 0, 0
	for n < len(q.entries) && size < maxWrite {
		size += len(q.entries[n].line)
		n++
	}
	batch := q.entries[:n:n]
	q.entries = q.entries[n:]
	return batch
}

// sequence gives records their order and makes them durable. While one batch is
// written, the one before it enters the tree.
func (l *Log) sequence() {
	durable := make(chan []*entry, 1)
	go l.publish(durable)
	for batch := l.queue.take(); batch != nil; batch = l.queue.take() {
		durable <- l.commit(batch)
	}
	close(durable)
}

// commit makes a batch durable, and gives the entries that now are; the callers
// of the others are told why not.
func (l *Log) commit(batch []*entry) []*entry {
	if err := l.Err(); err != nil {
		refuse(batch, err)
		return nil
	}
	accepted := l.admit(batch)
	if err := l.write(accepted); err != nil {
		refuse(accepted, err)
		return nil
	}
	return accepted
}

func refuse(batch []*entry, err error) {
	for _, e := range batch {
		e.err = err
		close(e.done)
	}
}

// admit gives indices, and refuses an outcome that answers nothing.
func (l *Log) admit(batch []*entry) []*entry {
	accepted := make([]*entry, 0, len(batch))
	for _, e := range batch {
		if err := l.pending.apply(l.next, e.record); err != nil {
			refuse([]*entry{e}, err)
			continue
		}
		e.index = l.next
		l.next++
		accepted = append(accepted, e)
	}
	return accepted
}

func (l *Log) write(batch []*entry) error {
	if len(batch) == 0 {
		return nil
	}
	first, size := batch[0], 0
	for _, e := range batch {
		size += len(e.line)
	}
	b := appendLine(make([]byte, 0, size), markFirst, first.leaf, first.line[prefix:len(first.line)-1])
	for _, e := range batch[1:] {
		b = append(b, e.line...)
	}
	if _, err := l.file.WriteAt(b, l.end); err != nil {
		return l.fail("writing", err)
	}
	if err := l.file.Sync(); err != nil {
		return l.fail("syncing", err)
	}
	l.end += int64(len(b))
	return nil
}

// publish takes durable records into the tree and tells their callers.
func (l *Log) publish(durable <-chan []*entry) {
	defer close(l.done)
	for batch := range durable {
		for _, e := range batch {
			e.err = l.grow(e)
			close(e.done)
		}
	}
}

func (l *Log) grow(e *entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.tree.append(e.leaf); err != nil {
		l.failed = err
		return err
	}
	l.offsets = append(l.offsets, l.offsets[len(l.offsets)-1]+int64(len(e.line)))
	return nil
}
