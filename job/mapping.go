package job

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"

	"yingbi/catalog"
	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/internal/coltype"
	"yingbi/internal/fault"
	"yingbi/manifest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/table"
	"yingbi/view"
)

// sharedBatch is how many subjects an instance serves that is dear to start.
const sharedBatch = 4096

// mappings runs the module over the subjects of each mapping. The records become
// views of the query cell.
func (r *run) mappings() error {
	for _, m := range r.plan.Mappings {
		file, err := r.mapping(m)
		if err != nil {
			return err
		}
		r.views.records[m.Name] = file
	}
	return nil
}

// mapping makes the records of one mapping: Parquet in sealed memory, one row for
// each subject.
//
// Subjects who share an instance could leave each other something in it. So then the
// mapping runs again, with other subjects before each one, and every record must come
// out the same.
func (r *run) mapping(m manifest.PlanMapping) (*os.File, error) {
	first := &mapped{plan: m}
	file, err := sandbox.SealedFile("records", func(w io.Writer) error {
		out, err := table.NewWriter(w, table.Schema(first.fields()...))
		if err != nil {
			return err
		}
		first.out = out
		return errors.Join(r.runMapping(first, 0), out.Close())
	})
	if err != nil {
		return nil, err
	}
	r.mapped = append(r.mapped, egress.Mapping{Name: m.Name, Unit: m.Unit, Subjects: int64(len(first.ordinals)), Failed: first.failed, Shared: m.Shared})
	if !m.Shared {
		return file, nil
	}
	second := &mapped{plan: m, seed: first.seed}
	if err := r.runMapping(second, 1); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := r.agree(first, second); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// agree refuses records of which one is another in the second run, and records an alarm.
func (r *run) agree(first, second *mapped) error {
	if first.same(second) {
		return nil
	}
	name := first.plan.Name
	err := r.alarm("a mapping's records depend on the subjects before them", "mapping", name)
	return errors.Join(fault.Errorf(fault.Denied,
		"the records of mapping %q are others when other subjects come before: the module carries something from one subject to the next", name), err)
}

// runMapping runs the module over all subjects, in the order of that number.
func (r *run) runMapping(m *mapped, order int) error {
	log, err := r.withCode(func(module, code []byte) ([]byte, error) {
		files, req, err := r.mapInputs(m, order, module, code)
		if err != nil {
			return nil, err
		}
		log, err := r.service.Runner.Map(r.ctx, req, files, r.mapLimits(m), m.take)
		return log, errors.Join(err, closeAll(files))
	})
	r.log = append(r.log, log...)
	if err == nil && m.taken != len(m.ordinals) {
		err = fault.Errorf(fault.Internal, "%d records came of %d subjects", m.taken, len(m.ordinals))
	}
	return err
}

// mapLimits bounds the cell: it holds two instances and answers a record for each subject.
func (r *run) mapLimits(m *mapped) sandbox.Limits {
	limits := r.limits()
	limits.Memory += guestHost
	limits.Output = maxAnswer + int64(len(m.ordinals))*int64(32+9*len(m.plan.Record))
	return limits
}

// mapInputs brings module, code, rows by subject and counts into sealed memory.
func (r *run) mapInputs(m *mapped, order int, module, code []byte) (files []*os.File, req abi.MapRequest, err error) {
	req = abi.MapRequest{
		ModuleFD: abi.InputFD, CodeFD: abi.InputFD + 1, CountsFD: abi.InputFD + 2, Batch: 1,
		MaxPages: max(1, r.pages()/2), MaxLog: maxLog, Seed: r.seed(), Now: r.newest,
	}
	if m.plan.Shared {
		req.Batch = sharedBatch
	}
	for _, f := range m.plan.Record {
		req.Fields = append(req.Fields, abi.MapField{Name: f.Name, Min: f.Min, Max: f.Max})
	}
	inputs := make([]view.BySubject, len(m.plan.Inputs))
	for i, in := range m.plan.Inputs {
		inputs[i] = view.BySubject{View: r.views.byName[in.Name], Columns: in.Columns}
		req.Views = append(req.Views, abi.View{Name: in.Name, FD: abi.InputFD + 3 + i, Columns: in.Columns})
	}
	salt := crypto.Derive(r.views.secret, r.manifest.Canonical(), fmt.Sprintf("order %d of mapping %s", order, m.plan.Name), 32)
	files, err = sealedFiles(3+len(inputs), func(to []io.Writer) error {
		for i := range inputs {
			inputs[i].W = to[3+i]
		}
		var err error
		if m.ordinals, err = view.Group(r.ctx, m.plan.Unit, inputs, salt, to[2]); err != nil {
			return err
		}
		return errors.Join(bytesOf(module)(to[0]), bytesOf(code)(to[1]))
	})
	return files, req, err
}

// sealedFiles makes n files in sealed memory that are written together.
func sealedFiles(n int, write func([]io.Writer) error) ([]*os.File, error) {
	var files []*os.File
	var to []io.Writer
	var next func() error
	next = func() error {
		if len(to) == n {
			return write(to)
		}
		f, err := sandbox.SealedFile("input", func(w io.Writer) error {
			to = append(to, w)
			return next()
		})
		if err == nil {
			files = append(files, f)
		}
		return err
	}
	err := next()
	slices.Reverse(files) // the last is sealed first
	if err != nil {
		return nil, errors.Join(err, closeAll(files))
	}
	return files, nil
}

// mapped is one run of a mapping: it takes the records that the cell answers.
type mapped struct {
	plan     manifest.PlanMapping
	out      *table.Writer // nil where the records are only compared
	ordinals []uint32      // of the subjects, in the order of the run
	taken    int
	failed   int64
	seed     maphash.Seed
	marks    []uint64 // of each record, where they are compared
}

// fields are the columns of the records, then the subject's ordinal.
func (m *mapped) fields() (out []table.Field) {
	for _, f := range m.plan.Record {
		out = append(out, table.Field{Name: f.Name, Type: f.Type()})
	}
	return append(out, table.Field{Name: catalog.SubjectColumn(m.plan.Unit), Type: coltype.Type{Kind: coltype.Integer}})
}

// take adds the records of the next subjects.
func (m *mapped) take(f *abi.Frame) error {
	if f.Rows > len(m.ordinals)-m.taken {
		return fault.New(fault.Internal, "there are more records than subjects")
	}
	subjects := m.ordinals[m.taken : m.taken+f.Rows]
	m.taken += f.Rows
	for _, failed := range f.Columns[len(m.plan.Record)].Bools {
		m.failed += int64(failed)
	}
	if m.plan.Shared {
		m.mark(f)
	}
	if m.out == nil || f.Rows == 0 {
		return nil
	}
	named := &abi.Frame{Rows: f.Rows}
	for i, field := range m.plan.Record {
		named.Columns = append(named.Columns, columnOf(field, &f.Columns[i], f.Rows))
	}
	ordinal := abi.Column{Name: catalog.SubjectColumn(m.plan.Unit), Type: coltype.Type{Kind: coltype.Integer}, Ints: make([]int64, f.Rows)}
	for i, subject := range subjects {
		ordinal.Ints[i] = int64(subject)
	}
	named.Columns = append(named.Columns, ordinal)
	record, err := table.FromFrame(named)
	if err != nil {
		return err
	}
	defer record.Release()
	return m.out.Write(record)
}

// columnOf gives the values of a field their type: labels in the place of their indices.
func columnOf(f manifest.Field, c *abi.Column, rows int) abi.Column {
	out := abi.Column{Name: f.Name, Type: f.Type(), Valid: c.Valid}
	if f.Labels == nil {
		out.Ints = c.Ints
		return out
	}
	out.Offsets = make([]uint32, 1, rows+1)
	for i := range rows {
		if !c.IsNull(i) {
			out.Bytes = append(out.Bytes, f.Labels[c.Ints[i]]...)
		}
		out.Offsets = append(out.Offsets, uint32(len(out.Bytes)))
	}
	return out
}

// mark notes what each record is, in 64 bits of a hash that nobody can foresee.
func (m *mapped) mark(f *abi.Frame) {
	if m.seed == (maphash.Seed{}) {
		m.seed = maphash.MakeSeed()
	}
	var b []byte
	record := make([]int64, 2*len(m.plan.Record)+1)
	for row := range f.Rows {
		clear(record)
		for i := range m.plan.Record {
			if c := &f.Columns[i]; !c.IsNull(row) {
				record[2*i], record[2*i+1] = 1, c.Ints[row]
			}
		}
		record[len(record)-1] = int64(f.Columns[len(m.plan.Record)].Bools[row])
		b = b[:0]
		for _, v := range record {
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
		m.marks = append(m.marks, maphash.Bytes(m.seed, b))
	}
}

// same reports whether each subject has the same record in both runs.
func (m *mapped) same(other *mapped) bool {
	if len(m.marks) != len(other.marks) {
		return false
	}
	of := make(map[uint32]uint64, len(m.marks))
	for i, subject := range m.ordinals {
		of[subject] = m.marks[i]
	}
	for i, subject := range other.ordinals {
		if mark, ok := of[subject]; !ok || mark != other.marks[i] {
			return false
		}
	}
	return true
}
