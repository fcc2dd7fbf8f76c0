package sandbox

import (
	"sync"
	"time"
)

// pool has the cells that wait for a task like one that came, at most one for each
// beginning of a task. Each has a place among all cells, and leaves it to whoever
// wants one. A cell that was taken out never comes back.
type pool struct {
	most int
	idle time.Duration
	gone sync.WaitGroup // cells that wait or are started for it

	mu     sync.Mutex          // guards what follows
	came   *sync.Cond          // a cell was started, or could not be
	cells  map[string]*waiting // by early.key; nil while it is started
	wanted int                 // tasks that wait for a place
	closed bool
}

func newPool(most int, idle time.Duration) *pool {
	p := &pool{most: most, idle: idle, cells: map[string]*waiting{}}
	p.came = sync.NewCond(&p.mu)
	return p
}

// order tells a waiting cell's guard what became of it. Whoever takes the cell out
// of the pool gives one.
type order bool

const (
	taken order = true  // its task has come
	leave order = false // it is to end
)

// reserve asks for leave to start a cell. The oldest one makes room for it.
func (p *pool) reserve(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.cells[key]; there || p.closed || p.wanted > 0 || len(p.cells) == p.most && !p.evict() {
		return false
	}
	p.cells[key] = nil
	p.gone.Add(1)
	return true
}

// put has the cell wait for which reserve gave leave, unless places became dear;
// nil gives the leave back.
func (p *pool) put(key string, w *waiting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.came.Broadcast()
	switch {
	case w == nil:
		delete(p.cells, key)
	case p.closed || p.wanted > 0:
		delete(p.cells, key)
		w.orders <- leave
	default:
		p.cells[key] = w
	}
}

// take gives the cell that waits for the task, with its place, or nil.
func (p *pool) take(e *early) *waiting {
	if e == nil {
		return nil
	}
	p.mu.Lock()
	w, there := p.cells[e.key]
	for there && w == nil { // no longer than a process takes to start
		p.came.Wait()
		w, there = p.cells[e.key]
	}
	if w != nil {
		delete(p.cells, e.key)
		w.orders <- taken
	}
	p.mu.Unlock()
	if w != nil {
		<-w.unguarded
	}
	return w
}

// drop takes out a cell that is to end, unless somebody has taken it before.
func (p *pool) drop(w *waiting) order {
	p.mu.Lock()
	own := p.cells[w.key] == w
	if own {
		delete(p.cells, w.key)
	}
	p.mu.Unlock()
	if own {
		return leave
	}
	return <-w.orders
}

// evict ends the cell that waits longest. Its caller has the lock.
func (p *pool) evict() bool {
	var oldest *waiting
	for _, w := range p.cells {
		if w != nil && (oldest == nil || w.cell.started.Before(oldest.cell.started)) {
			oldest = w
		}
	}
	if oldest == nil {
		return false
	}
	delete(p.cells, oldest.key)
	oldest.orders <- leave
	return true
}

// want tells of a task that waits for a place, by 1, and of its end, by -1.
func (p *pool) want(more int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted += more
}

// yield ends one cell for a task that waits.
func (p *pool) yield() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.evict()
}

// Close ends the cells that wait for a task, and returns when they are gone. Later
// ones wait no more; the sandbox stays usable.
func (s *Sandbox) Close() {
	s.pool.mu.Lock()
	s.pool.closed = true
	for s.pool.evict() {
	}
	s.pool.mu.Unlock()
	s.pool.gone.Wait()
}
