package masking

import (
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/masking/detect"
)

// Column is a column of a data set, before or after masking.
type Column struct {
	Name    string
	Type    coltype.Type
	Subject string // the kind of subject that the column identifies; empty for all others
	Zone    string // of a raw timestamp: the zone of its civil dates; empty means Asia/Shanghai

	Identifier detect.Type // what a raw column is described to hold; 0 is nothing of the kind
	Raw        bool        // of a raw column: approved to stay readable; of a masked one: it did
	Imitates   detect.Type // of a masked column: its values have the form of this type and are none; 0 in all others
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
	step    *anonymityStep // nil where the policy asks for none
	survey  *survey        // nil where every rule looks at single rows
	seen    *inspection    // of what was masked
}

// beside is a transform that looks at the subject of each row too; subject is nil where
// the data set has no column of them. It keeps and releases neither array.
type beside func(in, subject arrow.Array) (arrow.Array, error)

type maskedColumn struct {
	in    Column
	out   Column
	apply transform // nil where beside masks, and in a column that is dropped
	words *worded   // behind apply; nil for rules that do not look at words

	beside  beside // nil where apply masks
	subject Column // what beside looks at; without a name it is none

	hides   bool         // the rule leaves nothing readable
	overall *overall     // of a rule that looks at all rows
	stepped bool         // the anonymity step looks at it
	before  coltype.Type // of the masked values before that step
}

// Check reports what Compile would refuse, without a secret.
func (p *Policy) Check(columns []Column) error {
	_, err := p.Compile(columns, make([]byte, MinSecret))
	return err
}

// Compile fits the policy to the columns of its data set, all of them, in the
// order in which the masked columns shall stand. The secret is the scenario's; it
// keys the pseudonyms. A rule for a column that is not there, a rule that does
// not fit its column's type, a subject that would stay readable and a direct
// identifier that would, unless it is approved as Raw, are Invalid, with the place in
// the policy.
func (p *Policy) Compile(columns []Column, secret []byte) (*Masker, error) {
	if len(secret) < MinSecret {
		return nil, fault.Errorf(fault.Internal, "masking: a scenario's secret has at least %d bytes", MinSecret)
	}
	masked, s := make([]maskedColumn, len(columns)), scope{p.Dataset, columns, secret, newMemo(), sync.OnceValue(detect.New)}
	for _, r := range p.rules {
		i := slices.IndexFunc(columns, func(c Column) bool { return c.Name == r.column })
		if i < 0 {
			return nil, fault.At(r.place, "data set %s has no column %q; it has %s", p.Dataset, r.column, columnNames(columns))
		}
		out, err := r.compile(columns[i], s)
		if err != nil {
			return nil, err
		}
		masked[i] = out
	}
	masked = slices.DeleteFunc(masked, func(c maskedColumn) bool { return c.apply == nil && c.beside == nil && c.overall == nil })
	step, err := p.anonymity.fit(columns, masked)
	if err != nil {
		return nil, err
	}
	return newMasker(masked, s.memo, step, s.detector)
}

func (r *rule) compile(in Column, s scope) (maskedColumn, error) {
	def, _, _ := define(r.name)
	readable := r.readable(def, in)
	if readable != nil && (!in.Raw || in.Subject != "") { // who a row is about is never left to be read
		return maskedColumn{}, readable
	}
	if !in.Type.Valid() {
		return maskedColumn{}, fault.Errorf(fault.Internal, "masking: column %s has no type", in.Name)
	}
	masked := maskedColumn{in: in, hides: def.hides, out: Column{Name: in.Name, Subject: in.Subject, Raw: readable != nil}}
	if def.imitates != nil {
		masked.out.Imitates = def.imitates(r)
	}
	var err error
	if def.compileBeside != nil {
		masked.beside, masked.subject, masked.out.Type, err = def.compileBeside(r, in, s)
		return masked, err
	}
	if def.compileOverall != nil {
		masked.overall, masked.out.Type, err = def.compileOverall(r, in, s)
		return masked, err
	}
	masked.apply, masked.out.Type, err = def.compile(r, in, s)
	if def.words && in.Type.Kind == coltype.Text {
		masked.words = &worded{rule: masked.apply}
		masked.apply = masked.words.apply
	}
	return masked, err
}

func newMasker(columns []maskedColumn, memo *memo, step *anonymityStep, detector func() *detect.Detector) (*Masker, error) {
	survey, err := newSurvey(columns, step)
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.out.Name, Type: arrowType(c.out.Type), Nullable: true}
	}
	return &Masker{
		columns: columns, schema: arrow.NewSchema(fields, nil), memo: memo,
		step: step, survey: survey, seen: newInspection(columns, detector),
	}, nil
}

// Close wipes what the Masker remembers. It then masks no more, nor do those that
// Only made of it.
func (m *Masker) Close() {
	m.memo.wipe()
	if m.survey != nil {
		m.survey.wipe()
	}
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
	return newMasker(kept, m.memo, m.step, m.seen.detector)
}

// Reads names the raw columns that Apply looks for in a batch: those that become
// masked ones, and the subjects that a rule looks at besides.
func (m *Masker) Reads() (out []string) {
	for _, c := range m.columns {
		for _, name := range c.reads() {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// Apply masks a batch that holds the raw columns by name; other columns of it are
// passed over. The caller releases the result and keeps its batch. A text column of
// few different values comes as a dictionary with indices of 32 bits, and in all
// batches of a Masker an index stands for the same text. Other pseudonyms come as
// fixed-size binary, packed: see Spell.
func (m *Masker) Apply(batch arrow.RecordBatch, first int64) (arrow.RecordBatch, error) {
	masked := make([]arrow.Array, 0, len(m.columns))
	defer func() {
		for _, a := range masked {
			a.Release() // the batch holds its own reference
		}
	}()
	for i := range m.columns {
		out, err := m.mask(i, batch, first)
		if err != nil {
			return nil, err
		}
		masked = append(masked, out)
	}
	if m.survey != nil && m.survey.step != nil {
		if err := m.survey.step.apply(masked); err != nil {
			return nil, err
		}
	}
	m.seen.see(masked)
	fields := m.schema.Fields()
	for i, a := range masked {
		fields[i].Type = a.DataType()
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), masked, batch.NumRows()), nil
}

func (c *maskedColumn) mask(batch arrow.RecordBatch) (arrow.Array, error) {
	raw, err := rawColumn(batch, c.in)
	if err != nil {
		return nil, err
	}
	if c.beside == nil {
		return c.apply(raw)
	}
	if c.subject.Name == "" {
		return c.beside(raw, nil)
	}
	subject, err := rawColumn(batch, c.subject)
	if err != nil {
		return nil, err
	}
	return c.beside(raw, subject)
}

// rawColumn finds a raw column in a batch, which keeps it.
func rawColumn(batch arrow.RecordBatch, c Column) (arrow.Array, error) {
	found := batch.Schema().FieldIndices(c.Name)
	if len(found) != 1 {
		return nil, fault.Errorf(fault.Integrity, "masking: the stored version has %d columns named %q", len(found), c.Name)
	}
	raw := batch.Column(found[0])
	if !arrow.TypeEqual(raw.DataType(), arrowType(c.Type)) {
		return nil, fault.Errorf(fault.Integrity, "masking: column %q is stored as %s and described as %s", c.Name, raw.DataType(), c.Type)
	}
	return raw, nil
}

func columnNames(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
