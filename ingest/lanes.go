package ingest

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"yingbi/catalog"
	"yingbi/sandbox/abi"
	"yingbi/table"
	"yingbi/vault"
)

const (
	// laneCount is how many parts are written side by side. It is a constant, so
	// that the same upload gives the same parts on every machine.
	laneCount = 2
	// laneRows is how many rows go to one lane before the next has its turn, in
	// whole frames.
	laneRows = 128 << 10
	// laneQueue is how many frames may wait for a lane.
	laneQueue = 2
)

// lanes write rows into parts, on a goroutine for each lane. Rows go to the lanes
// in turns of laneRows; a part ends with the frame with which it reaches
// catalog.PartRows. All methods are for one goroutine.
type lanes struct {
	ctx    context.Context // of the one Import that the lanes belong to
	group  *errgroup.Group
	batch  *vault.Batch
	schema []table.Field
	number int // of the version

	lanes [laneCount]lane
	turn  int // the lane that gets the next rows
	given int // rows in this turn
	parts []*part
	close func() // of all queues, once
}

// lane is one queue of frames, and the part that they go to.
type lane struct {
	queue chan piece
	part  *part // nil before the first and between two
}

// part is a sealed file in the making.
type part struct {
	catalog.Part
	object *vault.ObjectWriter
	table  *table.Writer
}

// piece is some rows of a part; without a frame it is the part's end.
type piece struct {
	part  *part
	frame *abi.Frame
}

func newLanes(ctx context.Context, b *vault.Batch, number int, schema []table.Field) *lanes {
	l := &lanes{batch: b, schema: schema, number: number}
	l.group, l.ctx = errgroup.WithContext(ctx)
	for i := range l.lanes {
		queue := make(chan piece, laneQueue)
		l.lanes[i].queue = queue
		l.group.Go(func() error { return l.run(queue) })
	}
	l.close = sync.OnceFunc(func() {
		for i := range l.lanes {
			close(l.lanes[i].queue)
		}
	})
	return l
}

// run writes what comes through a queue until it is closed, or until the first
// error of any lane.
func (l *lanes) run(queue chan piece) error {
	for p := range queue {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		if err := p.write(); err != nil {
			return err
		}
	}
	return nil
}

func (p piece) write() error {
	if p.frame != nil {
		return write(p.part.table, p.frame)
	}
	if err := p.part.table.Close(); err != nil {
		return err
	}
	return p.part.object.Close()
}

// write hands rows on, whose memory must not change any more.
func (l *lanes) write(f *abi.Frame) error {
	if f.Rows == 0 {
		return nil
	}
	lane := &l.lanes[l.turn]
	if l.given += f.Rows; l.given >= laneRows {
		l.turn, l.given = (l.turn+1)%laneCount, 0
	}
	if lane.part == nil {
		if err := l.begin(lane); err != nil {
			return err
		}
	}
	lane.part.Rows += int64(f.Rows)
	if err := l.send(lane, piece{lane.part, f}); err != nil {
		return err
	}
	if lane.part.Rows < catalog.PartRows {
		return nil
	}
	return l.end(lane)
}

// begin starts the lane's next part.
func (l *lanes) begin(lane *lane) error {
	p := &part{Part: catalog.Part{Version: l.number, Number: len(l.parts) + 1}}
	var err error
	if p.object, err = l.batch.Create(l.ctx, p.Object()); err != nil {
		return err
	}
	if p.table, err = table.NewWriter(p.object, table.Schema(l.schema...)); err != nil {
		return err
	}
	l.parts = append(l.parts, p)
	lane.part = p
	return nil
}

// end completes the lane's part.
func (l *lanes) end(lane *lane) error {
	p := lane.part
	lane.part = nil
	return l.send(lane, piece{part: p})
}

func (l *lanes) send(lane *lane, p piece) error {
	select {
	case lane.queue <- p:
		return nil
	case <-l.ctx.Done():
		return l.stop()
	}
}

// stop ends the lanes and gives their first error. Rows that wait are lost unless
// finish came first.
func (l *lanes) stop() error {
	l.close()
	if err := l.group.Wait(); err != nil {
		return err
	}
	return l.ctx.Err()
}

// finish completes all parts and gives them in the order of their beginning;
// there is one at least.
func (l *lanes) finish() ([]catalog.Part, error) {
	if len(l.parts) == 0 {
		if err := l.begin(&l.lanes[0]); err != nil {
			return nil, err
		}
	}
	for i := range l.lanes {
		if l.lanes[i].part == nil {
			continue
		}
		if err := l.end(&l.lanes[i]); err != nil {
			return nil, err
		}
	}
	l.close()
	if err := l.group.Wait(); err != nil {
		return nil, err
	}
	done := make([]catalog.Part, len(l.parts))
	for i, p := range l.parts {
		done[i] = p.Part
		done[i].Digest = p.object.Commitment().String()
	}
	return done, nil
}
