package masking

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
)

// Column is a column of a data set, before or after masking.
type Column struct {
	Name    string
	Type    coltype.Type
	Subject string // the kind of subject that the column identifies; empty for all others
	Zone    string // of a raw timestamp: the zone of its civil dates; empty means Asia/Shanghai
}

// MinSecret is the fewest bytes of a scenario's secret.
const MinSecret = 16

// transform makes the masked array of one column. It is given an array of the
// type that the column was compiled for, keeps its length, and returns an array
// that the caller releases. Null stays null in all but constant. It is safe for
// concurrent use.
type transform func(in arrow.Array) (arrow.Array, error)

// Masker applies a policy to batches of one data set. It is safe for concurrent
// use. Close it: it remembers pseudonyms by the identifiers that they stand for.
type Masker struct {
	columns []maskedColumn
	schema  *arrow.Schema
	memo    *memo
}

type maskedColumn struct {
	in    Column
	out   Column
	apply transform
	words *worded // behind apply; nil for rules that do not look at words
}

// Check reports what Compile would refuse, without a secret.
func (p *Policy) Check(columns []Column) error {
	_, err := p.Compile(columns, make([]byte, MinSecret))
	return err
}

// Compile fits the policy to the columns of its data set, all of them, in the
// order in which the masked columns shall stand. The secret is the scenario's; it
// keys the pseudonyms. A rule for a column that is not there, a rule that does
// not fit its column's type and a subject that would stay readable are Invalid,
// with the place in the policy.
func (p *Policy) Compile(columns []Column, secret []byte) (*Masker, error) {
	if len(secret) < MinSecret {
		return nil, fault.Errorf(fault.Internal, "masking: a scenario's secret has at least %d bytes", MinSecret)
	}
	masked, memo := make([]maskedColumn, len(columns)), newMemo()
	for _, r := range p.rules {
		i := slices.IndexFunc(columns, func(c Column) bool { return c.Name == r.column })
		if i < 0 {
			return nil, fault.At(r.place, "data set %s has no column %q; it has %s", p.Dataset, r.column, columnNames(columns))
		}
		out, err := r.compile(columns[i], scope{p.Dataset, secret, memo})
		if err != nil {
			return nil, err
		}
		masked[i] = out
	}
	return newMasker(slices.DeleteFunc(masked, func(c maskedColumn) bool { return c.apply == nil }), memo), nil
}

func (r *rule) compile(in Column, s scope) (maskedColumn, error) {
	def, _, _ := define(r.name)
	if in.Subject != "" && !def.subject {
		return maskedColumn{}, fault.At(r.place,
			"column %s identifies a subject of kind %s and would stay readable under %s; use pseudonym, constant, suppress or drop", in.Name, in.Subject, r.name)
	}
	if !in.Type.Valid() {
		return maskedColumn{}, fault.Errorf(fault.Internal, "masking: column %s has no type", in.Name)
	}
	apply, t, err := def.compile(r, in, s)
	masked := maskedColumn{in: in, out: Column{Name: in.Name, Type: t, Subject: in.Subject}, apply: apply}
	if def.words && in.Type.Kind == coltype.Text {
		masked.words = &worded{rule: apply}
		masked.apply = masked.words.apply
	}
	return masked, err
}

func newMasker(columns []maskedColumn, memo *memo) *Masker {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.out.Name, Type: arrowType(c.out.Type), Nullable: true}
	}
	return &Masker{columns: columns, schema: arrow.NewSchema(fields, nil), memo: memo}
}

// Close wipes what the Masker remembers. It then masks no more, nor do those that
// Only made of it.
func (m *Masker) Close() {
	m.memo.wipe()
	for _, c := range m.columns {
		if c.words != nil {
			c.words.wipe()
		}
	}
}

// Columns gives the names and types of the masked columns, in order.
func (m *Masker) Columns() []Column {
	out := make([]Column, len(m.columns))
	for i, c := range m.columns {
		out[i] = c.out
	}
	return out
}

// Schema gives the masked columns as they are stored; see Apply for what it makes of
// texts.
func (m *Masker) Schema() *arrow.Schema { return m.schema }

// Only gives a Masker of the columns named, in the order of the data set. A name
// that the policy drops is a Conflict: the grant promises what nobody may see.
func (m *Masker) Only(names []string) (*Masker, error) {
	var kept []maskedColumn
	for _, c := range m.columns {
		if slices.Contains(names, c.out.Name) {
			kept = append(kept, c)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(kept, func(c maskedColumn) bool { return c.out.Name == name }) {
			return nil, fault.Errorf(fault.Conflict, "column %q is granted, but the masking policy drops it; it leaves %s",
				name, columnNames(m.Columns()))
		}
	}
	return newMasker(kept, m.memo), nil
}

// Apply masks a batch that holds the raw columns by name; other columns of it are
// passed over. The caller releases the result and keeps its batch. A text column of
// few different values comes as a dictionary with indices of 32 bits, and in all
// batches of a Masker an index stands for the same text. Other pseudonyms come as
// fixed-size binary, packed: see Spell.
func (m *Masker) Apply(batch arrow.RecordBatch) (arrow.RecordBatch, error) {
	masked := make([]arrow.Array, 0, len(m.columns))
	defer func() {
		for _, a := range masked {
			a.Release() // the batch holds its own reference
		}
	}()
	for _, c := range m.columns {
		found := batch.Schema().FieldIndices(c.in.Name)
		if len(found) != 1 {
			return nil, fault.Errorf(fault.Integrity, "masking: the stored version has %d columns named %q", len(found), c.in.Name)
		}
		raw := batch.Column(found[0])
		if !arrow.TypeEqual(raw.DataType(), arrowType(c.in.Type)) {
			return nil, fault.Errorf(fault.Integrity, "masking: column %q is stored as %s and described as %s", c.in.Name, raw.DataType(), c.in.Type)
		}
		out, err := c.apply(raw)
		if err != nil {
			return nil, err
		}
		masked = append(masked, out)
	}
	fields := m.schema.Fields()
	for i, a := range masked {
		fields[i].Type = a.DataType()
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), masked, batch.NumRows()), nil
}

func columnNames(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
