//go:build linux && cgo

package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"unicode/utf8"

	"yingbi/internal/fault"
	"yingbi/masking/anonymity"
)

// needNew refuses a file that exists before anything is computed for it.
func (a *app) needNew(path string) error {
	if _, err := os.Lstat(path); path != "" && err == nil {
		return a.fault(fault.Conflict, "%s exists; move it away or name another file", "%s 已存在；请移走或另指定文件", path)
	}
	return nil
}

// write reads the data set once more and writes what is released of it at the levels, in
// its order: the quasi-identifiers generalised, then the sensitive columns. Where nothing
// is released there is no file, nor where writing it fails.
func (l specLoader) write(ctx context.Context, path string, t *specTable, release *anonymity.Release, levels []int) error {
	if release == nil {
		fmt.Fprint(l.a.err, l.a.tr("nothing was written: no levels meet the models\n", "未写出文件：没有任何层级满足模型\n"))
		return nil
	}
	in, err := l.a.openPlain(l.path(l.spec.Dataset))
	if err != nil {
		return err
	}
	defer in.Close()
	if err := l.a.writeNew(path, 0o600, nil); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		err = errors.Join(l.rows(ctx, in, out, t, release, levels), out.Sync(), out.Close())
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	fmt.Fprintf(l.a.err, l.a.tr("%s holds microdata: %d rows, each about one subject, and personal information still; keep it as the data set is kept\n",
		"%s 为微观数据：%d 行，每行对应一个主体，仍属个人信息；请按原数据集的要求保管\n"), path, release.Rows)
	return nil
}

func (l specLoader) rows(ctx context.Context, in, out *os.File, t *specTable, release *anonymity.Release, levels []int) error {
	w := csv.NewWriter(out)
	if l.spec.Separator != "" {
		w.Comma, _ = utf8.DecodeRuneInString(l.spec.Separator)
	}
	all := append(append([]anonymity.Attribute{}, t.quasi...), t.sensitive...)
	cells := make([]string, len(all))
	for i, at := range all {
		cells[i] = at.Name
	}
	if err := w.Write(cells); err != nil {
		return err
	}
	rows := int64(0)
	err := l.read(ctx, in, all, func(codes []uint32) error {
		if !release.Kept(codes[:len(levels)]) {
			return nil
		}
		rows++
		for i, code := range codes {
			level := 0
			if i < len(levels) {
				level = levels[i]
			}
			cells[i] = all[i].Hierarchy.Value(code, level)
		}
		return w.Write(cells)
	})
	w.Flush()
	if err = errors.Join(err, w.Error()); err == nil && rows != release.Rows {
		err = l.a.fault(fault.Conflict, "%s changed while it was read; try again", "%s 在读取期间发生了变化；请重试", in.Name())
	}
	return err
}
