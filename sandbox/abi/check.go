package abi

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"yingbi/internal/coltype"
)

// check makes sure that the request names one task, carries that one alone, and
// that the task's parts make sense by themselves.
func (r *Request) check() error {
	parts := 0
	for _, set := range []bool{r.Ingest != nil, r.Inspect != nil, r.Compile != nil, r.Query != nil, r.Prepare != nil, r.Guest != nil, r.Explore != nil, r.Map != nil} {
		if set {
			parts++
		}
	}
	if parts != 1 {
		return fmt.Errorf("request: %d tasks, want 1", parts)
	}
	if r.Waits != 0 && (r.Waits < InputFD || r.Task != TaskGuest && r.Task != TaskExplore) {
		return errors.New("request: guests and explorations alone wait, on a descriptor of their own")
	}
	switch {
	case r.Task == TaskIngest && r.Ingest != nil:
		return r.Ingest.check()
	case r.Task == TaskInspect && r.Inspect != nil:
		return r.Inspect.check()
	case r.Task == TaskCompile && r.Compile != nil:
		return nil
	case r.Task == TaskQuery && r.Query != nil:
		return r.Query.check()
	case r.Task == TaskPrepare && r.Prepare != nil:
		return r.Prepare.check()
	case r.Task == TaskGuest && r.Guest != nil:
		return r.Guest.check()
	case r.Task == TaskExplore && r.Explore != nil:
		return r.Explore.check()
	case r.Task == TaskMap && r.Map != nil:
		return r.Map.check()
	}
	return errors.New("request: the task is not the one that it carries")
}

func (r *IngestRequest) check() error {
	written := InspectRequest{Format: r.Format, Compression: r.Compression, Encoding: r.Encoding, Delimiter: r.Delimiter, Sheet: r.Sheet}
	if err := written.check(); err != nil || r.Format == "" {
		return cmp.Or(err, errors.New("request: the format is missing"))
	}
	if r.BatchRows < 0 || r.BatchRows > 1<<20 {
		return errors.New("request: a batch has up to 1,048,576 rows")
	}
	columns := make([]Column, len(r.Columns))
	for i, c := range r.Columns {
		columns[i].Name = c.Name
		if !c.Type.Valid() || !utf8.ValidString(c.Source) || !utf8.ValidString(c.Zone) {
			return fmt.Errorf("request: column %d is malformed", i+1)
		}
		for _, null := range c.Nulls {
			if !utf8.ValidString(null) {
				return fmt.Errorf("request: column %d: a null is not UTF-8", i+1)
			}
		}
	}
	if len(columns) == 0 || len(columns) > MaxColumns {
		return fmt.Errorf("request: %d columns, want 1 to %d", len(columns), MaxColumns)
	}
	return checkNames(columns)
}

func (r *QueryRequest) check() error {
	if err := errors.Join(checkEngine(r.Threads, r.Memory), checkViews(r.Views)); err != nil {
		return err
	}
	if r.Threads == 1 && slices.ContainsFunc(r.Views, engine) {
		return errors.New("request: one thread adds up doubles in the order of the rows, which an engine file does not keep: give it Parquet")
	}
	for i, s := range r.Statements {
		columns := make([]Column, len(s.Result))
		for j, c := range s.Result {
			columns[j].Name = c.Name
			if !c.Type.Valid() {
				return fmt.Errorf("request: statement %d: result %d has no type", i+1, j+1)
			}
		}
		if err := errors.Join(checkName(s.Name), checkNames(columns)); err != nil || len(columns) == 0 || !utf8.ValidString(s.SQL) {
			return fmt.Errorf("request: statement %d is malformed", i+1)
		}
		for j, v := range s.Args {
			if !v.valid() {
				return fmt.Errorf("request: statement %d: value %d is malformed", i+1, j+1)
			}
		}
	}
	return nil
}

// checkEngine bounds what an engine may take.
func checkEngine(threads int, memory int64) error {
	if threads < 1 || threads > 64 || memory <= 0 {
		return errors.New("request: threads are 1 to 64, memory is above 0")
	}
	return nil
}

func engine(v View) bool { return v.Engine }

func (r *PrepareRequest) check() error {
	if err := errors.Join(checkEngine(r.Threads, r.Memory), checkColumns(r.Columns)); err != nil {
		return err
	}
	if len(r.Columns) == 0 || r.Cluster != "" && !slices.Contains(r.Columns, r.Cluster) {
		return errors.New("request: an engine file has a column, and is sorted by one of its own")
	}
	return nil
}

// valid reports whether v is one value of its type, with nothing set beside it.
func (v Value) valid() bool {
	bare := v
	bare.Type = coltype.Type{}
	switch {
	case !v.Type.Valid():
		return false
	case v.Null:
		return bare == Value{Null: true}
	case v.Type.Kind == coltype.Text:
		return bare == Value{Text: v.Text} && utf8.ValidString(v.Text)
	case v.Type.Kind == coltype.Double:
		return bare == Value{Float: v.Float} && !math.IsInf(v.Float, 0)
	}
	if bare != (Value{Int: v.Int}) || int64(int32(v.Int)) != v.Int && v.Type.Kind == coltype.Date {
		return false
	}
	c := Column{Type: v.Type, Ints: []int64{v.Int}, Days: []int32{int32(v.Int)}, Bools: []byte{byte(min(uint64(v.Int), 2))}}
	return checkValues(&c) == nil
}

func (r *GuestRequest) check() error {
	if r.ModuleFD < InputFD || r.CodeFD < InputFD || r.MaxPages > MaxPages || r.MaxItems < 0 || r.MaxLog < 0 || r.MaxItemBytes < 0 {
		return errors.New("request: a descriptor or limit is out of range")
	}
	for _, name := range r.Outputs {
		if err := checkName(name); err != nil {
			return fmt.Errorf("request: an output: %v", err)
		}
	}
	if r.AnyOutput && len(r.Outputs)+len(r.Tables) > 0 {
		return errors.New("request: a guest that may emit anything has no declared outputs and no finished tables")
	}
	if slices.ContainsFunc(r.Views, engine) {
		return errors.New("request: an engine file is not for guests")
	}
	views := r.Views
	for _, t := range r.Tables {
		views = append(views[:len(views):len(views)], View{Name: t.Name, FD: t.FD})
	}
	return checkViews(views)
}

// Takes reports whether the guest may emit an item under the name.
func (r *GuestRequest) Takes(name string) bool {
	return slices.Contains(r.Outputs, name) || r.AnyOutput && checkName(name) == nil
}

func checkViews(views []View) error {
	columns := make([]Column, len(views))
	for i, v := range views {
		columns[i].Name = v.Name
		if v.FD < InputFD {
			return fmt.Errorf("request: view %d has no descriptor", i+1)
		}
		if err := checkColumns(v.Columns); err != nil {
			return fmt.Errorf("request: view %d: %v", i+1, err)
		}
	}
	return checkNames(columns)
}

// checkColumns is checkNames for names alone.
func checkColumns(names []string) error {
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i].Name = name
	}
	return checkNames(columns)
}
