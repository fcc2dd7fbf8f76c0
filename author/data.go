package author

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/table"
)

// Bounds of a folder of data, which is held in memory.
const (
	MaxTables  = 64
	MaxFile    = 1 << 30 // bytes
	MaxFolder  = 2 << 30 // bytes of all files
	fileWall   = 5 * time.Minute
	dataOutput = 4 << 30 // bytes that a file may become
)

// hidden begins the names of columns that are a domain's own.
const hidden = "__"

// Data are the tables of a folder, as sealed files in memory. Whoever loads them
// closes them.
type Data struct {
	Tables []Table
	files  []*os.File
}

// Table is one of them, under the name of its file without the ending.
type Table struct {
	Name    string   `json:"name"`
	Rows    int64    `json:"rows"`
	LeftOut int64    `json:"left_out"` // rows of the file that an import would quarantine
	Columns []string `json:"columns"`
	Nobody  int64    `json:"nobody,omitempty"` // rows without a subject, which a mapping is not shown
}

// Load reads the files *.csv and *.tsv of a folder, with the types that fit the
// beginning of each. A symbolic link is not followed; other files and folders are
// passed over.
func (c *Checks) Load(ctx context.Context, dir string) (*Data, error) {
	paths, err := tablesIn(dir)
	if err != nil {
		return nil, err
	}
	d := &Data{Tables: make([]Table, len(paths)), files: make([]*os.File, len(paths))}
	group, ctx := errgroup.WithContext(ctx)
	for i, path := range paths {
		group.Go(func() error {
			t, file, err := c.load(ctx, path)
			d.Tables[i], d.files[i] = t, file
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close gives the memory back.
func (d *Data) Close() error {
	var err error
	for _, f := range d.files {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

// views asks for all tables, which stand among a cell's inputs after others.
func (d *Data) views(others int) []abi.View {
	views := make([]abi.View, len(d.Tables))
	for i, t := range d.Tables {
		views[i] = abi.View{Name: t.Name, FD: abi.InputFD + others + i, Columns: t.Columns}
	}
	return views
}

// tablesIn lists the files of a folder that are tables, by name.
func tablesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Errorf(fault.NotFound, "there is no folder %s", dir)
		}
		return nil, fault.Errorf(fault.Invalid, "the tables come from a folder that can be read: %v", err)
	}
	var paths []string
	var size int64
	for _, e := range entries {
		if ending := filepath.Ext(e.Name()); ending != ".csv" && ending != ".tsv" {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fault.Errorf(fault.Invalid, "%s is no plain file, and is not followed: put the file itself into the folder", e.Name())
		}
		if size += info.Size(); info.Size() > MaxFile || size > MaxFolder {
			return nil, fault.Errorf(fault.Limit, "%s is too large: a table has up to %d MiB, all of a folder %d MiB", e.Name(), MaxFile>>20, MaxFolder>>20)
		}
		paths = append(paths, filepath.Join(dir, e.Name()))
	}
	if len(paths) > MaxTables {
		return nil, fault.Errorf(fault.Limit, "%s has %d tables, at most %d are read", dir, len(paths), MaxTables)
	}
	return paths, checkTables(paths)
}

func tableName(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// checkTables refuses names that no view has, with the rule that they break.
func checkTables(paths []string) error {
	req := abi.ExploreRequest{Memory: 1}
	for _, p := range paths {
		req.Views = append(req.Views, abi.View{Name: tableName(p), FD: abi.InputFD})
		if _, err := abi.EncodeRequest(&abi.Request{Task: abi.TaskExplore, Explore: &req}); err != nil {
			return fault.Errorf(fault.Invalid, "%q cannot be the name of a table: 1 to 256 bytes of UTF-8 without control characters, not twice in any case", filepath.Base(p))
		}
	}
	return nil
}

// load reads one file.
func (c *Checks) load(ctx context.Context, path string) (t Table, sealed *os.File, err error) {
	t.Name = tableName(path)
	file, err := os.Open(path)
	if err != nil {
		return t, nil, fault.Errorf(fault.Invalid, "a table cannot be read: %v", err)
	}
	defer file.Close()
	in, v, err := c.look(ctx, file, fileWall)
	if err != nil {
		return t, nil, err
	}
	columns := declared(&in)
	if v.Outcome == OK {
		v = importable(&in, columns)
	}
	if v.Outcome == OK {
		v = nameable(columns)
	}
	if v.Outcome == OK {
		sealed, err = sandbox.SealedFile(t.Name, func(w io.Writer) error { return c.write(ctx, &t, in.Request(columns), file, w) })
		v, err = judge(err)
	}
	if err == nil && v.Outcome != OK {
		err = fault.Errorf(fault.Invalid, "%s cannot be a table (%s): %s", filepath.Base(path), v.Reason, v.Detail)
	}
	return t, sealed, err
}

// nameable refuses columns that no view has.
func nameable(columns []abi.IngestColumn) Verdict {
	view := abi.View{Name: "v", FD: abi.InputFD}
	for _, c := range columns {
		if strings.HasPrefix(c.Name, hidden) {
			return Verdict{Refused, reasonColumnName, fmt.Sprintf("the name of a column begins with %q, as those of a domain's own do", hidden)}
		}
		view.Columns = append(view.Columns, c.Name)
	}
	req := abi.ExploreRequest{Memory: 1, Views: []abi.View{view}}
	if _, err := abi.EncodeRequest(&abi.Request{Task: abi.TaskExplore, Explore: &req}); err != nil {
		return Verdict{Refused, reasonColumnName, "the name of a column has a control character or over 256 bytes, or two differ in the case of A to Z alone"}
	}
	return Verdict{Outcome: OK}
}

// write makes Parquet of a file's rows.
func (c *Checks) write(ctx context.Context, t *Table, req abi.IngestRequest, file *os.File, w io.Writer) error {
	fields := make([]table.Field, len(req.Columns))
	for i, col := range req.Columns {
		fields[i] = table.Field{Name: col.Name, Type: col.Type}
		t.Columns = append(t.Columns, col.Name)
	}
	out, err := table.NewWriter(w, table.Schema(fields...))
	if err != nil {
		return err
	}
	sum, err := c.cells.Ingest(ctx, req, file, sandbox.Limits{Memory: fileMemory, Wall: fileWall, Output: dataOutput}, sandbox.IngestSink{
		Rows: func(f *abi.Frame) error {
			rec, err := table.FromFrame(f)
			if err != nil {
				return err
			}
			defer rec.Release()
			return out.Write(rec)
		},
		Quarantine: func(*abi.Frame) error { return nil },
	})
	if err != nil {
		return err
	}
	t.Rows, t.LeftOut = sum.Kept, sum.Quarantined
	return out.Close()
}
