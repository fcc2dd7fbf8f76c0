//go:build cgo

package cell

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// prepareExplore loads the views and locks the engine. The statement, which may come
// later, is parsed and runs after the locks of the process are on.
func prepareExplore(req *abi.ExploreRequest) (run, error) {
	e, err := explorer(req.Views, req.Memory)
	if err != nil {
		return nil, err
	}
	return func(whole *abi.Request, out *answers) error {
		f, err := e.explore(whole.Explore.SQL, whole.Explore.MaxRows)
		if err != nil {
			return err
		}
		return out.frame(abi.StreamAnswer, f)
	}, nil
}

// explorer opens the engine over views for a stranger's statements and locks its
// settings. It has one thread: the rows of a view come in the order of its file,
// and the same statement gives the same rows.
func explorer(views []abi.View, memory int64) (*engine, error) {
	e, err := openEngine(views, 1, memory)
	if err != nil {
		return nil, err
	}
	return e, e.lock(1, memory)
}

// explore runs a stranger's statement behind the gate and gives up to maxRows
// rows, in the column types that are nearest to the engine's. A longer answer is
// refused, not cut.
func (e *engine) explore(statement string, maxRows int) (*abi.Frame, error) {
	if why := e.gate(statement); why != "" {
		return nil, abi.Refuse(why)
	}
	rows, err := e.db.QueryContext(context.Background(), statement)
	if err != nil {
		return nil, engineFailure(err, 0)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, abi.Failure{Code: abi.FailEngine}
	}
	columns, ok := answerColumns(types)
	if !ok {
		return nil, abi.Refuse(abi.RefusalType)
	}
	return collect(rows, columns, maxRows)
}

// answerColumns names and types the columns of a frame after the engine's. ok is
// false where one has a type that no frame holds: a list, a struct, an interval …
func answerColumns(types []*sql.ColumnType) (columns []abi.ResultColumn, ok bool) {
	taken := make(map[string]bool, len(types))
	for _, t := range types {
		c := abi.ResultColumn{Name: distinct(t.Name(), taken), Type: nearest(t.DatabaseTypeName())}
		if c.Type == (coltype.Type{}) {
			return nil, false
		}
		columns = append(columns, c)
	}
	return columns, true
}

// distinct makes a name that a frame takes and that is not taken yet. The engine
// names a column without an alias after its whole expression.
func distinct(name string, taken map[string]bool) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, name)
	const suffix = len("_4294967295")
	if len(name) > abi.MaxNameBytes-suffix {
		name = strings.ToValidUTF8(name[:abi.MaxNameBytes-suffix], "")
	}
	free := name
	for i := 1; free == "" || taken[asciiLower(free)]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	taken[asciiLower(free)] = true
	return free
}
