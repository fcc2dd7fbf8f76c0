package audit

// maxWrite is how many bytes are gathered for one write. The record that passes
// it is the last of its batch.
const maxWrite = 1 << 20

// sequence is the one goroutine that writes.
func (l *Log) sequence() {
	defer close(l.done)
	for {
		batch := l.take()
		if batch == nil {
			return
		}
		l.commit(batch)
	}
}

// take waits for entries and takes what is there; nil after the last.
func (l *Log) take() []*entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) == 0 {
		if l.closing {
			return nil
		}
		l.wake.Wait()
	}
	n, size := 0, 0
	for n < len(l.queue) && size < maxWrite {
		size += prefix + len(l.queue[n].bytes) + 1
		n++
	}
	batch := l.queue[:n:n]
	l.queue = l.queue[n:]
	return batch
}

// commit makes the batch durable and tells its callers.
func (l *Log) commit(batch []*entry) {
	accepted, err := l.admit(batch)
	if err == nil && len(accepted) > 0 {
		err = l.write(accepted)
	}
	if err == nil {
		err = l.grow(accepted)
	}
	for _, e := range batch {
		if e.err == nil && err != nil {
			e.err = err
		}
		close(e.done)
	}
}

// admit gives indices, and refuses an outcome that answers nothing.
func (l *Log) admit(batch []*entry) ([]*entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return nil, l.failed
	}
	accepted := make([]*entry, 0, len(batch))
	for _, e := range batch {
		e.index = l.tree.size() + uint64(len(accepted))
		if e.err = l.pending.apply(e.index, e.record); e.err == nil {
			accepted = append(accepted, e)
		}
	}
	return accepted, nil
}

func (l *Log) write(batch []*entry) error {
	var b []byte
	mark := byte(markFirst)
	for _, e := range batch {
		b = appendLine(b, mark, e.leaf, e.bytes)
		mark = markMore
	}
	if _, err := l.file.WriteAt(b, l.offsets[len(l.offsets)-1]); err != nil {
		return l.fail("writing", err)
	}
	if err := l.file.Sync(); err != nil {
		return l.fail("syncing", err)
	}
	return nil
}

// grow takes up the records that are now durable.
func (l *Log) grow(batch []*entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range batch {
		if err := l.tree.append(e.leaf); err != nil {
			l.failed = err
			return err
		}
		l.offsets = append(l.offsets, l.offsets[len(l.offsets)-1]+int64(prefix+len(e.bytes)+1))
	}
	return nil
}
