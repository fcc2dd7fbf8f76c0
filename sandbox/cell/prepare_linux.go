//go:build cgo

package cell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

const (
	engineFile  = lockdown.Cache + "/view"
	engineTable = `main."view"` // of an engine file: its only table
	// sortedWidth is what a sort takes of memory for one value, in bytes. Seven
	// columns took 7 each; text of many values takes more.
	sortedWidth = 16
)

// prepareEngineFile builds the file in the cell's own folder, of the domain's
// Parquet, before the locks; behind them it is only read and sent.
func prepareEngineFile(req *abi.PrepareRequest) (run, error) {
	e, err := newEngine(req.Threads, req.Memory)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(e.build(engineFile, parquetOn(abi.InputFD), req), e.close()); err != nil {
		return nil, buildFailure(err)
	}
	file, err := os.Open(engineFile)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return func(_ *abi.Request, out *answers) error { return out.parts(io.NewSectionReader(file, 0, info.Size())) }, nil
}

// build makes the file and its table of a source, and closes it.
func (e *engine) build(path, source string, req *abi.PrepareRequest) error {
	if err := e.exec("ATTACH '" + path + "' AS made"); err != nil {
		return err
	}
	list, err := e.narrow("made.main.code", req.Columns, source)
	if err != nil {
		return err
	}
	selected := "SELECT " + list + " FROM " + source
	if err := e.exec("CREATE TABLE made." + engineTable + " AS " + selected + " LIMIT 0"); err != nil {
		return err
	}
	rows, err := e.fill(selected, source, req)
	if err != nil {
		return err
	}
	var made int64
	if err := e.one("SELECT count(*) FROM made."+engineTable, &made); err != nil {
		return err
	}
	if made != rows {
		return abi.Failure{Code: abi.FailInternal}
	}
	return errors.Join(e.exec("CHECKPOINT made"), e.exec("DETACH made"))
}

// fill inserts the rows of the source and gives their number. To keep their order
// one thread does it, which needs no memory to put them in order again.
func (e *engine) fill(selected, source string, req *abi.PrepareRequest) (rows int64, err error) {
	insert := "INSERT INTO made." + engineTable + " " + selected
	if err := e.one("SELECT count(*) FROM "+source, &rows); err != nil || rows == 0 {
		return 0, err
	}
	if req.Cluster == "" {
		return rows, errors.Join(e.set("threads=1"), e.exec(insert))
	}
	by := quoted(req.Cluster)
	var low, high int64
	if err := e.one("SELECT CAST(coalesce(min("+by+"), 0) AS UINTEGER), CAST(coalesce(max("+by+"), 0) AS UINTEGER) FROM "+source, &low, &high); err != nil {
		return 0, err
	}
	slices := 1 + rows*int64(len(req.Columns)+1)*sortedWidth/req.Memory
	return rows, e.fillSorted(insert, by, low, high, (high-low)/slices+1)
}

// fillSorted inserts the rows sorted by a column whose values are low to high, in
// slices of step values; smaller ones where the memory does not hold a slice.
func (e *engine) fillSorted(insert, by string, low, high, step int64) error {
	for at := low; at <= high; {
		where := fmt.Sprintf(" WHERE %[1]s >= %[2]d AND %[1]s < %[3]d", by, at, at+step)
		if at == low {
			where += " OR " + by + " IS NULL"
		}
		err := e.exec(insert + where + " ORDER BY " + by)
		switch {
		case err == nil:
			at += step
		case step > 1 && errors.Is(engineFailure(err, 0), abi.Failure{Code: abi.FailMemory}):
			step = (step + 1) / 2 // nothing of the slice was inserted
		default:
			return err
		}
	}
	return nil
}

// one reads the only row of a statement.
func (e *engine) one(statement string, into ...any) error {
	return e.db.QueryRowContext(context.Background(), statement).Scan(into...)
}

// buildFailure is engineFailure, but a folder that is full is memory too. The
// engine says so under several types.
func buildFailure(err error) error {
	if strings.Contains(err.Error(), "No space left on device") {
		return abi.Failure{Code: abi.FailMemory}
	}
	return engineFailure(err, 0)
}
