package view

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/masking"
	"yingbi/table"
)

// BySubject is an input of Group: columns of a view, to be given subject by subject.
type BySubject struct {
	View    *View
	Columns []string  // masked columns, at least one
	W       io.Writer // is given them as one Parquet file
}

// Group writes the inputs' rows by subject of a kind that all their views have. In
// each file the rows of one subject stand together, as they follow each other in the
// view, and in all files subjects have the same order. It is drawn by the salt, of at
// least masking.MinSecret bytes: to whoever does not know the salt it says nothing of
// the registry, of the views, or of an order under another salt.
//
// The files tell nobody's ordinal. Group returns those of the subjects of any input,
// in their order, and writes to counts how many rows each of them has in each input:
// 4 bytes each, little endian, subject by subject and for each in the order of the
// inputs. What was written counts only if there is no error.
func Group(ctx context.Context, kind string, inputs []BySubject, salt []byte, counts io.Writer) (ordinals []uint32, err error) {
	return groupWith(ctx, kind, inputs, salt, counts, standard())
}

func groupWith(ctx context.Context, kind string, inputs []BySubject, salt []byte, counts io.Writer, l limits) (_ []uint32, err error) {
	if len(salt) < masking.MinSecret {
		return nil, fault.Errorf(fault.Internal, "view: the salt of an order of subjects has at least %d bytes", masking.MinSecret)
	}
	if len(inputs) == 0 {
		return nil, fault.New(fault.Invalid, "view: there is nothing to group")
	}
	g := &grouping{limits: l, buckets: 1, counts: counts}
	if g.order, err = newPermutation(salt); err != nil {
		return nil, err
	}
	for _, input := range inputs {
		if err := g.add(kind, input); err != nil {
			return nil, err
		}
	}
	defer g.close()
	for _, in := range g.inputs {
		if err := g.gather(ctx, in); err != nil {
			return nil, err
		}
	}
	if err := g.arrange(ctx); err != nil {
		return nil, err
	}
	return g.ordinals, nil
}

// grouping puts rows in the order of subjects.
type grouping struct {
	limits   limits
	order    *permutation
	buckets  int64 // of all inputs: a bucket has the same subjects in each
	inputs   []*grouped
	counts   io.Writer
	ordinals []uint32
	turns    turns // to write counts and ordinals
}

// grouped is an input of a grouping.
type grouped struct {
	BySubject
	schema  *arrow.Schema // of the columns
	ordinal string        // the column of ordinals
	words   vocabularies  // of no words: texts that were stored are plain
	pile    *pile
	out     *table.Writer
	turns   turns // to write to out
}

// add checks an input and makes sure that there are buckets enough for it.
func (g *grouping) add(kind string, input BySubject) error {
	v := input.View
	if !slices.Contains(v.kinds, kind) {
		return fault.Errorf(fault.Invalid, "the rows of a view cannot be grouped by %q; its kinds of subjects are %q", kind, v.kinds)
	}
	if len(input.Columns) == 0 {
		return fault.New(fault.Invalid, "rows that are grouped by subject need a column")
	}
	in := &grouped{BySubject: input, ordinal: catalog.SubjectColumn(kind)}
	var err error
	if in.schema, err = v.masked(input.Columns); err != nil {
		return err
	}
	in.words.columns = make([]*array.String, len(input.Columns))
	stored := int64(0)
	for i := range v.shape.parts() {
		info, err := v.home.Stat(v.object(i))
		if err != nil {
			return err
		}
		stored += info.Size
	}
	g.buckets = max(g.buckets, shapeOf(v.Rows(), stored, g.limits.bucket).buckets)
	g.inputs = append(g.inputs, in)
	return nil
}

// masked gives the schema of the named masked columns.
func (v *View) masked(columns []string) (*arrow.Schema, error) {
	all := v.schema()
	if err := v.allow(columns, names(all)[:len(v.columns)]); err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(columns))
	for i, name := range columns {
		if slices.Contains(columns[:i], name) {
			return nil, fault.Errorf(fault.Invalid, "column %q is named twice", name)
		}
		fields[i] = all.Field(all.FieldIndices(name)[0])
	}
	return arrow.NewSchema(fields, nil), nil
}

// gather puts the rows of an input on its pile.
func (g *grouping) gather(ctx context.Context, in *grouped) error {
	in.pile = newPile(in.View.home, g.buckets, g.limits.memory/int64(len(g.inputs)))
	err := inParallel(ctx, g.limits.workers, int(in.View.shape.parts()), func(ctx context.Context) (func(int) error, error) {
		p := newPacker(g.buckets, &in.words)
		return func(i int) error { return g.readPart(ctx, p, in, int64(i)) }, nil
	})
	if err != nil {
		return err
	}
	if in.pile.rows != in.View.Rows() {
		return fault.Errorf(fault.Integrity, "view %s has %d rows and was made of %d", in.View.identity, in.pile.rows, in.View.Rows())
	}
	return in.checkBuckets(g.limits.most)
}

func (g *grouping) readPart(ctx context.Context, p *packer, in *grouped, part int64) error {
	object, err := in.View.home.Open(ctx, in.View.object(part))
	if err != nil {
		return err
	}
	defer object.Close()
	source := table.Source{ReaderAt: object, Size: object.Size()}
	rows, err := table.NewReader(source, append(slices.Clone(in.Columns), in.ordinal))
	if err != nil {
		return err
	}
	number := part << 32 // no part has more rows
	return each(ctx, rows, func(batch arrow.RecordBatch) error {
		columns, last := batch.Columns(), len(in.Columns)
		if err := checkOrdinals(columns[last:]); err != nil {
			return err
		}
		keys := p.room(batch.NumRows())
		g.order.keys(keys, columns[last].(*array.Int64).Int64Values())
		packed, err := p.pack(columns[:last], keys, number)
		if err != nil {
			return err
		}
		number += batch.NumRows()
		return in.pile.add(packed)
	})
}

// checkBuckets refuses rows of which a bucket would take too much memory. Most have
// some bucketRows, but all rows of one subject are in the same.
func (in *grouped) checkBuckets(most int64) error {
	perRow := int64(sortBytes + maxWidth*len(in.Columns))
	for _, c := range in.pile.buckets {
		if c.rows*perRow+2*c.bytes > most {
			return fault.Errorf(fault.Limit, "a subject has so many rows that putting them in order takes more than %d MiB of memory: name fewer or shorter columns", most>>20)
		}
	}
	return nil
}

// arrange writes the buckets. Cores take one each: they unpack it side by side, and
// write in turns.
func (g *grouping) arrange(ctx context.Context) (err error) {
	for _, in := range g.inputs {
		if in.out, err = table.NewWriter(in.W, in.schema); err != nil {
			return err
		}
		in.turns = newTurns(g.buckets)
	}
	g.turns = newTurns(g.buckets)
	err = inParallel(ctx, g.limits.workers, int(g.buckets), func(ctx context.Context) (func(int) error, error) {
		u, runs := &unpacker{}, make([][]run, len(g.inputs))
		return func(i int) error { return g.writeBucket(ctx, u, runs, i) }, nil
	})
	for _, in := range g.inputs {
		if err == nil {
			err = in.out.Close()
		}
	}
	return err
}

func (g *grouping) writeBucket(ctx context.Context, u *unpacker, runs [][]run, bucket int) error {
	for i, in := range g.inputs {
		u.schema, u.words = in.schema, make([]*vocabulary, len(in.Columns)) // no words, as in pack
		rows, err := u.unpack(in.pile, int64(bucket))
		if err != nil {
			return err
		}
		runs[i] = u.sorter.runs(runs[i][:0])
		if err := in.turns.take(ctx, bucket, func() error { return in.out.Write(rows) }); err != nil {
			return err
		}
	}
	return g.turns.take(ctx, bucket, func() error { return g.count(runs, uint32(bucket)) })
}

// count notes the subjects of a bucket and writes how many rows each has in the
// inputs, of which these are the runs.
func (g *grouping) count(runs [][]run, bucket uint32) error {
	var b []byte
	left := slices.Clone(runs)
	for {
		rest, more := first(left)
		if !more {
			_, err := g.counts.Write(b)
			return err
		}
		g.ordinals = append(g.ordinals, g.order.subject(place{bucket, rest}, g.buckets))
		for i, r := range left {
			rows := uint32(0)
			if len(r) > 0 && r[0].rest == rest {
				rows, left[i] = r[0].rows, r[1:]
			}
			b = binary.LittleEndian.AppendUint32(b, rows)
		}
	}
}

// first gives the least rest of all runs; each list of them is in order.
func first(runs [][]run) (rest uint32, more bool) {
	rest = math.MaxUint32
	for _, r := range runs {
		if len(r) > 0 {
			rest, more = min(rest, r[0].rest), true
		}
	}
	return rest, more
}

func (g *grouping) close() {
	for _, in := range g.inputs {
		if in.pile != nil {
			in.pile.Close()
		}
	}
}
