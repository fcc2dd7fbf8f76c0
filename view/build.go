package view

import (
	"context"
	"io"
	"math"
	"runtime"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/masking"
	"yingbi/table"
	"yingbi/vault"
)

// maxRows is what a row number holds, as the registries of subjects do.
const maxRows = math.MaxUint32

// limits bound a build or a grouping. What a build makes depends on bucket alone,
// and what a grouping makes on none.
type limits struct {
	workers int   // goroutines
	memory  int64 // bytes of packed rows before the first goes to disk
	bucket  int64 // rows of a bucket on average
	most    int64 // bytes of memory for one bucket of a grouping
}

// standard gives the limits of this process. Each worker takes some 100 MiB, unless a
// subject has a great many rows.
func standard() limits {
	return limits{workers: min(runtime.GOMAXPROCS(0), 4), memory: 16 << 20, bucket: bucketRows, most: 1 << 30}
}

// builder makes the parts of one view.
type builder struct {
	*View
	req    Request
	limits limits
	schema *arrow.Schema // masked columns, then ordinals
	keys   *crypto.PRF   // of row numbers
	masker *masking.Masker
	pile   *pile
	rows   atomic.Int64 // done so far, each counted when it is masked and when it is in its place
	batch  *vault.Batch
	words  vocabularies
}

// build masks the version and seals the view.
func (v *View) build(ctx context.Context, req Request, masker *masking.Masker, l limits) (err error) {
	b := &builder{View: v, req: req, limits: l, masker: masker, schema: v.schema(), pile: newPile(v.home, v.shape.buckets, l.memory), batch: v.home.Begin()}
	defer b.pile.Close()
	defer b.batch.Discard()
	b.words.columns = make([]*array.String, b.schema.NumFields())
	if b.keys, err = rowKeys(req.Secret, v.identity); err == nil {
		err = b.survey(ctx)
	}
	if err == nil {
		err = b.mask(ctx)
	}
	if err == nil {
		err = b.arrange(ctx)
	}
	if err == nil {
		err = b.batch.Commit(ctx)
	}
	if fault.KindOf(err) == fault.Conflict && v.exists() {
		return nil // somebody else built the same view meanwhile
	}
	return err
}

// schema is that of the view's parts.
func (v *View) schema() *arrow.Schema {
	var fields []table.Field
	for _, c := range v.columns {
		fields = append(fields, table.Field{Name: c.Name, Type: c.Type})
	}
	for _, kind := range v.kinds {
		fields = append(fields, table.Field{Name: catalog.SubjectColumn(kind), Type: coltype.Type{Kind: coltype.Integer}})
	}
	return table.Schema(fields...)
}

// mask masks all rows and puts them on the pile. Then it looks whether identifiers of
// persons are left.
func (b *builder) mask(ctx context.Context) error {
	err := b.eachBatch(ctx, append(b.masker.Reads(), names(b.schema)[len(b.columns):]...), func() eachBatch {
		p := newPacker(b.shape.buckets, &b.words)
		return func(raw arrow.RecordBatch, first int64) error { return b.maskBatch(p, raw, first) }
	})
	if err != nil {
		return err
	}
	return b.masker.Leaks()
}

// eachBatch is given rows of the version, and the number of the first: they count over
// all parts, from 0.
type eachBatch func(rows arrow.RecordBatch, first int64) error

// eachBatch reads columns of the version's parts. Every worker has a function of its own.
func (b *builder) eachBatch(ctx context.Context, columns []string, begin func() eachBatch) error {
	parts := b.req.Version.Parts
	first := make([]int64, len(parts)+1)
	for i, p := range parts {
		first[i+1] = first[i] + p.Rows
	}
	return inParallel(ctx, b.limits.workers, len(parts), func(ctx context.Context) (func(int) error, error) {
		do := begin()
		return func(i int) error { return b.readPart(ctx, columns, parts[i], first[i], do) }, nil
	})
}

func (b *builder) readPart(ctx context.Context, columns []string, part catalog.Part, first int64, do eachBatch) error {
	object, err := b.home.Open(ctx, part.Object())
	if err != nil {
		return err
	}
	defer object.Close()
	in, err := table.NewReader(table.Source{ReaderAt: object, Size: object.Size()}, columns)
	if err != nil {
		return err
	}
	if in.Rows() != part.Rows {
		return fault.Errorf(fault.Integrity, "part %s of data set %s has %d rows and was registered with %d", part.Object(), b.req.Dataset.ID, in.Rows(), part.Rows)
	}
	return each(ctx, in, func(raw arrow.RecordBatch) error {
		err := do(raw, first)
		first += raw.NumRows()
		return err
	})
}

func (b *builder) maskBatch(p *packer, raw arrow.RecordBatch, first int64) error {
	masked, err := b.masker.Apply(raw, first)
	if err != nil {
		return err
	}
	ordinals := raw.Columns()[len(raw.Columns())-len(b.kinds):]
	if err := checkOrdinals(ordinals); err != nil {
		return err
	}
	columns := append(append([]arrow.Array{}, masked.Columns()...), ordinals...)
	keys := p.room(raw.NumRows())
	b.keys.Fill(keys, uint64(first))
	packed, err := p.pack(columns, keys, first)
	if err != nil {
		return err
	}
	if err := b.pile.add(packed); err != nil {
		return err
	}
	b.did(raw.NumRows())
	return nil
}

// checkOrdinals refuses rows without a subject of each kind: ingest keeps none, so
// a missing one is damage.
func checkOrdinals(ordinals []arrow.Array) error {
	for _, a := range ordinals {
		values, ok := a.(*array.Int64)
		if !ok {
			return fault.New(fault.Integrity, "view: the version's ordinals are no integers")
		}
		for i, v := range values.Int64Values() {
			if v < 1 || v > math.MaxUint32 || values.IsNull(i) {
				return fault.New(fault.Integrity, "view: the version has a row without its subject")
			}
		}
	}
	return nil
}

// arrange puts the rows in their order and writes the view's parts.
func (b *builder) arrange(ctx context.Context) error {
	if b.pile.rows != b.shape.rows {
		return fault.Errorf(fault.Integrity, "data set %s has %d rows and was registered with %d", b.req.Dataset.ID, b.pile.rows, b.shape.rows)
	}
	words := make([]*vocabulary, len(b.words.columns))
	for c, known := range b.words.columns {
		words[c] = vocabularyOf(known)
	}
	b.masker.Close() // its memory is needed now
	return inParallel(ctx, b.limits.workers, int(b.shape.parts()), func(ctx context.Context) (func(int) error, error) {
		u := &unpacker{schema: b.schema, words: words}
		return func(i int) error { return b.writePart(ctx, u, int64(i)) }, nil
	})
}

func (b *builder) writePart(ctx context.Context, u *unpacker, number int64) error {
	w, err := b.batch.CreateCache(ctx, b.object(number))
	if err != nil {
		return err
	}
	out, err := table.NewWriter(w, b.schema)
	if err != nil {
		return err
	}
	for bucket := number * b.shape.perPart; bucket < min((number+1)*b.shape.perPart, b.shape.buckets); bucket++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := u.unpack(b.pile, bucket)
		if err != nil {
			return err
		}
		if err := out.Write(rows); err != nil {
			return err
		}
		b.did(rows.NumRows())
	}
	if err := out.Close(); err != nil {
		return err
	}
	return w.Close()
}

func (b *builder) did(rows int64) {
	if b.req.Progress != nil {
		b.req.Progress(b.rows.Add(rows))
	}
}

// each reads all batches.
func each(ctx context.Context, in *table.Reader, f func(arrow.RecordBatch) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(batch); err != nil {
			return err
		}
	}
}
