//go:build linux && cgo

package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"yingbi/author"
	"yingbi/egress/check"
	"yingbi/internal/fault"
)

func (a *app) egressCheck() *cobra.Command {
	wall, path, preset := seconds(10*time.Minute), "", ""
	c := &cobra.Command{
		Use: "check --spec FILE", Args: cobra.NoArgs,
		Short: a.tr("check a table or regression of a file, cell by cell", "逐单元格检查由文件得出的统计表或回归"),
		Long: a.tr(`Makes the table that a specification (JSON) describes and says of each cell which rules
it fails:

  {"data": "firms.csv", "subject": "owner", "preset": "default",
   "operation": {"kind": "crosstab", "rows": ["year"], "cols": ["sector"],
                 "values": "turnover", "agg": ["mean"], "margins": true}}

The presets are those of a domain (default, strict, …), where the unit is the subject,
each row one if none is named, and acro, which gives what ACRO 1.0.1 gives, by its names
and under the thresholds of params. docs/EGRESS.md has the keys and rules. A domain's own
preset is given with --preset-file. The data are opened in a locked cell; their path is
relative to the specification. Exit code 0: the check was made, whatever it found.`,
			`按规格文件（JSON）生成统计表，并指出每个单元格违反了哪些规则：

  {"data": "firms.csv", "subject": "owner", "preset": "default",
   "operation": {"kind": "crosstab", "rows": ["year"], "cols": ["sector"],
                 "values": "turnover", "agg": ["mean"], "margins": true}}

预设可为域所用的各项（default、strict 等），以主体为单位（未指定主体字段时每行为一个主体）；
或 acro：按 ACRO 1.0.1 的检查名称与 params 中的阈值给出与其一致的结果。各键与规则见
docs/EGRESS.md。域自定的预设用 --preset-file 给出。数据文件在锁定的隔离单元中打开，路径相对于规格文件。
退出码 0 表示检查已完成，不论结果如何。`),
		Example: "  yingbi egress check --spec table.json\n  yingbi egress check --spec table.json --preset-file city.yaml --format json",
		RunE: func(c *cobra.Command, _ []string) error {
			got, err := a.checkTable(c.Context(), path, preset, time.Duration(wall))
			if err != nil {
				return err
			}
			return a.give(got, func() { a.showChecked(got) })
		},
	}
	c.Flags().StringVar(&path, "spec", "", a.tr("`FILE` the table, as JSON", "`FILE` 统计表的规格（JSON）"))
	c.Flags().StringVar(&preset, "preset-file", "", a.tr("`FILE` a domain's own preset (YAML) that judges", "`FILE` 作为判定依据的域自定预设（YAML）"))
	c.Flags().Var(&wall, "time", a.tr("`TIME` for reading the data, such as 10m", "`TIME` 读取数据的时限，如 10m"))
	return c
}

func (a *app) checkTable(ctx context.Context, path, preset string, wall time.Duration) (*check.Answer, error) {
	if path == "" {
		return nil, a.fault(fault.Invalid, "name the specification: --spec FILE", "请指定规格文件：--spec FILE")
	}
	text, err := a.readWhole(path, check.MaxSpec+1)
	if err != nil {
		return nil, err
	}
	spec, err := check.ParseSpec(text)
	if err != nil {
		return nil, inFile(path, err)
	}
	if preset != "" {
		text, err := a.readDocument(preset)
		if err != nil {
			return nil, err
		}
		if err := spec.Use(preset, text); err != nil {
			return nil, err
		}
	}
	file := spec.Data
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(path), file)
	}
	data, err := a.readChecked(ctx, file, spec, wall)
	if err != nil {
		return nil, inFile(file, err)
	}
	got, err := data.Check()
	return got, inFile(path, err)
}

// readChecked reads the columns of a specification in a cell.
func (a *app) readChecked(ctx context.Context, path string, spec *check.Spec, wall time.Duration) (*check.Data, error) {
	checks, err := a.checks()
	if err != nil {
		return nil, err
	}
	file, err := a.openPlain(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := check.NewData(spec)
	done := a.busy(a.tr("reading; Ctrl-C stops it", "读取中；Ctrl-C 停止"))
	v, err := checks.Texts(ctx, file, author.Columns{Names: spec.Columns(), Time: wall}, data.Add)
	done()
	if err == nil && v.Outcome != author.OK {
		err = fault.New(fault.Invalid, a.verdictLine(v))
	}
	return data, err
}
