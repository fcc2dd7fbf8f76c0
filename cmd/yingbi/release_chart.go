package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/egress/chart"
	"yingbi/internal/fault"
	"yingbi/release"
)

func (a *app) releaseChart() *cobra.Command {
	var t trust
	var s chart.Spec
	var kind, output string
	c := &cobra.Command{
		Use: "chart FOLDER TABLE", Args: cobra.ExactArgs(2),
		Short: a.tr("draw a table of a release as SVG, after verifying the release", "校验出域成果后，将其中一张表绘制为 SVG"),
		Long: a.tr(`Verifies the release as release verify does, and draws one of its tables: bar, line,
histogram, heat (two keys) or tiles (region codes). Without --kind it takes what fits.
Suppressed figures are hatched, never zero. The picture goes to standard output, or
with --output into a new file.`,
			`按 release verify 校验出域成果，再绘制其中一张表：bar 柱状图、line 折线图、histogram 直方图、
heat 热力图（两个键）、tiles 区划方格图（区划代码）。不给出 --kind 时自动选择。
隐去的数字以斜线表示，绝不画成零。图形写到标准输出，或以 --output 写入新文件。`),
		Example: "  yingbi release chart out by_district --name yuxi.gov.cn --public-key domain.pub >chart.svg\n" +
			"  yingbi release chart out by_district --kind bar --x district --y cost --title 各区县费用 --output chart.svg --name yuxi.gov.cn --public-key domain.pub",
		RunE: func(_ *cobra.Command, args []string) error {
			table, err := a.verifiedTable(t, args[0], args[1])
			if err != nil {
				return err
			}
			s.Kind = chart.Kind(kind)
			svg, err := a.drawTable(published(table), s)
			if err != nil {
				return err
			}
			if output == "" {
				_, err = a.out.Write(svg)
				return err
			}
			if err := a.writeNew(output, 0o644, svg); err != nil {
				return err
			}
			return a.give(map[string]any{"file": output, "bytes": len(svg)}, func() { a.say("written to %s", "已写入 %s", output) })
		},
	}
	t.flags(a, c)
	var kinds []string
	for _, k := range chart.Kinds() {
		kinds = append(kinds, string(k))
	}
	c.Flags().StringVar(&kind, "kind", "", a.tr("`KIND` bar, line, histogram, heat or tiles", "`KIND` bar、line、histogram、heat 或 tiles"))
	complete(c, "kind", kinds...)
	c.Flags().StringVar(&s.X, "x", "", a.tr("`COLUMN` key along the axis", "`COLUMN` 横轴的键"))
	c.Flags().StringVar(&s.Y, "y", "", a.tr("`COLUMN` figure to draw", "`COLUMN` 所绘数字"))
	c.Flags().StringVar(&s.Group, "group", "", a.tr("`COLUMN` second key", "`COLUMN` 第二个键"))
	c.Flags().StringVar(&s.Title, "title", "", a.tr("`TEXT` title (default: the table's name)", "`TEXT` 标题（默认为表名）"))
	c.Flags().StringVar(&output, "output", "", a.tr("`FILE` new file for the picture", "`FILE` 图形写入此新文件"))
	return c
}

// drawTable draws what was asked for, and takes the rest from what fits the table.
func (a *app) drawTable(p *egress.Published, s chart.Spec) ([]byte, error) {
	fits, _ := chart.Choose(p)
	if s.X == "" {
		s.X, s.Group = fits.X, cmp.Or(s.Group, fits.Group)
	}
	s.Kind, s.Y = cmp.Or(s.Kind, fits.Kind), cmp.Or(s.Y, fits.Y)
	if s.Kind == "" || s.X == "" || s.Y == "" {
		return nil, a.fault(fault.Invalid, "no chart fits the table by itself; say --kind, --x and --y", "该表无法自动选择图形；请给出 --kind、--x 与 --y")
	}
	return chart.Draw(p, s)
}

// verifiedTable gives a table of a release that was verified, from the very bytes that
// the certificate names.
func (a *app) verifiedTable(t trust, folder, name string) (release.Table, error) {
	key, err := t.key(a)
	if err != nil {
		return release.Table{}, err
	}
	if err := a.needFolder(folder); err != nil {
		return release.Table{}, err
	}
	cert, err := release.Verify(os.DirFS(folder), t.name, key)
	if err != nil {
		return release.Table{}, err
	}
	listed := slices.IndexFunc(cert.Files, func(f release.File) bool { return f.Name == release.TablesFile })
	if listed < 0 {
		return release.Table{}, a.fault(fault.Integrity, "the certificate lists no %s", "证书未列出 %s", release.TablesFile)
	}
	b, err := a.readFile(filepath.Join(folder, release.TablesFile), int64(cert.Files[listed].Size)+1)
	if err != nil {
		return release.Table{}, err
	}
	if crypto.Sum(b) != cert.Files[listed].SM3 {
		return release.Table{}, a.fault(fault.Integrity, "%s was altered while it was read", "%s 在读取过程中被改动", release.TablesFile)
	}
	tables, err := release.ParseTables(b)
	if err != nil {
		return release.Table{}, err
	}
	var names []string
	for _, table := range tables {
		if table.Name == name {
			return table, nil
		}
		names = append(names, table.Name)
	}
	return release.Table{}, a.fault(fault.NotFound, "the release has no table %q; it has %v", "出域成果中没有表 %q；有 %v", name, names)
}

// published reads a released table as egress published it. Its files do not say which
// columns are keys.
func published(t release.Table) *egress.Published {
	out := &egress.Published{Name: t.Name, Class: t.Class, Notes: t.Notes}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, egress.PublishedColumn{Name: c.Name, Title: c.Title, Type: c.Type})
	}
	for _, row := range t.Rows {
		values := make([]egress.Value, len(row))
		for i, c := range row {
			values[i] = egress.Value{Text: c.Text}
			switch {
			case c.Suppressed:
				values[i].Mark = egress.Suppressed
			case c.Null:
				values[i].Mark = egress.Missing
			}
		}
		out.Rows = append(out.Rows, values)
	}
	keys := chart.LeadingKeys(out)
	combinations := 1
	for i := range keys {
		out.Columns[i].Key = true
		values := map[egress.Value]bool{}
		for _, row := range out.Rows {
			values[row[i]] = true
		}
		combinations *= max(len(values), 1)
	}
	out.Complete = combinations == len(out.Rows)
	return out
}
