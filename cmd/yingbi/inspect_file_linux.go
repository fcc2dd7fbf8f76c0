//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"yingbi/author"
	"yingbi/sandbox"
)

// inspectFile says what an import of a file would do, without a domain.
func (a *app) inspectFile(ctx context.Context, path string, wall time.Duration) error {
	file, err := a.openPlain(path)
	if err != nil {
		return err
	}
	defer file.Close()
	checks, err := a.checks()
	if err != nil {
		return err
	}
	done := a.busy(a.tr("reading; Ctrl-C stops it", "读取中；Ctrl-C 停止"))
	got, err := checks.Inspect(ctx, file, wall)
	done()
	if err != nil {
		return err
	}
	return a.concluded(got.Outcome == author.OK, a.give(got, func() { a.showFile(filepath.Base(path), got) }))
}

func (a *app) showFile(name string, got author.Inspection) {
	a.say("%s: %s", "%s：%s", printable(name), printable(a.verdictLine(got.Verdict)))
	if got.Format == "" {
		return
	}
	var reasons [][2]string
	for _, why := range slices.Sorted(maps.Keys(got.Reasons)) {
		reasons = append(reasons, [2]string{"  " + why, strconv.FormatInt(got.Reasons[why], 10)})
	}
	a.pairs("  ", append([][2]string{
		{a.tr("written as", "格式"), a.howWritten(sandbox.Inspection{Format: got.Format, Compression: got.Compression, Encoding: got.Encoding, Delimiter: got.Delimiter, Sheet: got.Sheet})},
		{a.tr("rows", "行"), fmt.Sprint(got.RowsIn)}, {a.tr("kept", "保留"), fmt.Sprint(got.Kept)}, {a.tr("quarantined", "隔离"), orNothing(got.Quarantined)},
	}, reasons...))
	var rows [][]string
	for i, c := range got.Columns {
		rows = append(rows, []string{strconv.Itoa(i + 1), c.Name, c.Type, fmt.Sprint(c.Nulls)})
	}
	a.indented("  ", []string{"", a.tr("column", "字段"), a.tr("type that fits", "推测类型"), a.tr("nulls", "空值")}, rows)
}
