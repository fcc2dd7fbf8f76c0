//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/author"
	"yingbi/masking/detect"
	"yingbi/masking/discover"
)

func (a *app) maskingScan() *cobra.Command {
	wall := seconds(30 * time.Minute)
	c := &cobra.Command{
		Use: "scan FILE", Args: cobra.ExactArgs(1),
		Short: a.tr("say which columns of a file identify people", "找出文件中的敏感字段"),
		Long: a.tr(`Reads every cell of FILE in a locked cell and says of each column which identifiers
it holds, whether it is a quasi-identifier, and which level and masking rule to
propose, with the numbers behind it (docs/DISCOVERY.md). It needs no domain, and
shows counts and no value of a row. Exit code 0: it was read; 3: not, and why.`,
			`在锁定的隔离单元中读取 FILE 的每个单元格，说明各列含有哪些标识符、是否为准标识符，
并提出级别与脱敏规则及其统计依据（docs/DISCOVERY.zh-CN.md）。无需域；只显示计数，不显示任何行的内容。
退出码 0：已读取；3：未能读取并说明原因。`),
		Example: "  yingbi masking scan people.csv\n  yingbi masking scan people.xlsx --format json",
		RunE: func(c *cobra.Command, args []string) error {
			name, got, err := a.scanFile(c.Context(), args[0], time.Duration(wall))
			if err != nil {
				return err
			}
			return a.concluded(got.Outcome == author.OK, a.give(scanned(got), func() { a.showScan(name, got) }))
		},
	}
	c.Flags().Var(&wall, "time", a.tr("`TIME` for reading the file, such as 10m", "`TIME` 读取文件的时限，如 10m"))
	return c
}

// scanFile looks at a file, and tells how far it is on a terminal.
func (a *app) scanFile(ctx context.Context, path string, wall time.Duration) (name string, got author.Scan, err error) {
	file, err := a.openPlain(path)
	if err != nil {
		return "", got, err
	}
	defer file.Close()
	checks, err := a.checks()
	if err != nil {
		return "", got, err
	}
	progress, done := a.progress(file)
	defer done()
	got, err = checks.Scan(ctx, file, author.Search{Time: wall, Chinese: a.chinese, Progress: progress})
	return filepath.Base(path), got, err
}

// scan is what a program reads. Without columns it says why there are none.
type scan struct {
	author.Verdict
	Rows    int64              `json:"rows"`
	LeftOut int64              `json:"left_out"` // rows that were not looked at: an import would quarantine them
	Columns []discover.Finding `json:"columns"`
}

func scanned(got author.Scan) scan {
	out := scan{Verdict: got.Verdict, LeftOut: got.LeftOut, Columns: []discover.Finding{}}
	if got.Report != nil {
		out.Rows, out.Columns = got.Report.Rows, append(out.Columns, got.Report.Columns...)
	}
	return out
}

func (a *app) showScan(name string, got author.Scan) {
	if got.Report == nil {
		a.say("%s: %s", "%s：%s", printable(name), printable(a.verdictLine(got.Verdict)))
		return
	}
	direct, quasi, level := 0, 0, 0
	var rows [][]string
	for _, f := range got.Report.Columns {
		var types []string
		for _, t := range f.Types {
			if t.Confidence >= detect.Fires {
				types = append(types, fmt.Sprintf("%s %.2f", t.Type, t.Confidence))
			}
		}
		if len(types) > 0 {
			direct++
		}
		mark := ""
		if f.Quasi {
			quasi++
			mark = a.tr("yes", "是")
		}
		level = max(level, f.Level)
		rows = append(rows, []string{f.Name, strings.Join(types, ", "), mark, fmt.Sprintf("%.2f", f.UniqueShare), strconv.Itoa(f.Level), f.Rule, f.Why})
	}
	a.say("%s: %d rows; of %d columns %d hold identifiers, %d are quasi-identifiers; level %d", "%[1]s：%[2]d 行，%[3]d 列；%[4]d 列含标识符，%[5]d 列为准标识符；%[6]d 级",
		printable(name), got.Report.Rows, len(rows), direct, quasi, level)
	a.noteUnseen(got)
	a.indented("  ", []string{a.tr("column", "字段"), a.tr("holds", "类型"), a.tr("quasi", "准标识"), a.tr("different", "唯一度"), a.tr("level", "级别"), a.tr("rule", "规则"), a.tr("why", "依据")}, rows)
}

// noteUnseen tells of what was not looked at.
func (a *app) noteUnseen(got author.Scan) {
	if got.LeftOut > 0 {
		fmt.Fprintf(a.err, a.tr("%d rows have not the cells of the first and were not looked at; yingbi dataset inspect says why\n", "%d 行列数不符，未检查；原因见 yingbi dataset inspect\n"), got.LeftOut)
	}
	if got.Nameless > 0 {
		fmt.Fprintf(a.err, a.tr("%d columns have no name or a type that is not read, and were not looked at\n", "%d 列没有名称或类型不受支持，未检查\n"), got.Nameless)
	}
}
