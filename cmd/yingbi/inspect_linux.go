//go:build linux && cgo

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/catalog"
	"yingbi/domain"
	"yingbi/internal/fault"
	"yingbi/sandbox"
)

func (a *app) datasetInspect() *cobra.Command {
	wall := seconds(10 * time.Minute)
	c := &cobra.Command{
		Use: "inspect [ID] FILE", Args: cobra.RangeArgs(1, 2),
		Short: a.tr("show how a file is written, before it is imported", "导入前检查文件的格式、编码与字段"),
		Long: a.tr("Looks at the beginning of FILE in a locked cell and shows format, compression,\nencoding, delimiter and columns, with types that fit and spellings of null: counts,\nand no value of a row. Nothing is imported. Without ID it needs no domain, and reads\nthe whole file to count which rows an import would keep (docs/AUTHORS.md).",
			"在锁定的隔离单元中检查 FILE 的开头，显示格式、压缩、编码、分隔符与字段（推测类型与空值写法）；\n只有计数，不显示任何行的内容，也不导入。不带 ID 则不需要域，并读取整个文件，\n统计导入时保留与隔离的行数（docs/AUTHORS.md）。"),
		Example: "  yingbi dataset inspect claims.csv\n  yingbi dataset inspect claims claims.csv --as li --key li.key",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.inspectFile(c.Context(), args[0], time.Duration(wall))
			}
			file, err := a.openFile(args[1])
			if err != nil {
				return err
			}
			defer file.Close()
			return a.with(c.Context(), func(s *domain.Session) error {
				in, err := s.Inspect(c.Context(), args[0], file)
				if err != nil {
					return err
				}
				d, err := a.description(c.Context(), s, args[0])
				if err != nil {
					return err
				}
				return a.give(inspectionOf(in, d), func() { a.showInspection(file, in, d) })
			})
		},
	}
	c.Flags().Var(&wall, "time", a.tr("`TIME` without ID: for reading the file, such as 10m", "`TIME` 不带 ID 时：读取文件的时限，如 10m"))
	return c
}

// inspection is a file as a program reads it.
type inspection struct {
	Written  catalog.File      `json:"file"`
	Header   bool              `json:"header"`
	Complete bool              `json:"complete"`
	Rows     int64             `json:"rows"`
	Ragged   int64             `json:"ragged"`
	Sheets   []string          `json:"sheets,omitempty"`
	Columns  []inspectedColumn `json:"columns"`
}

type inspectedColumn struct {
	Name  string     `json:"name"`
	Type  string     `json:"type,omitempty"`
	Level int        `json:"level,omitempty"` // where the description has it
	Nulls int64      `json:"nulls"`
	Spelt []spelling `json:"spelt,omitempty"`
}

// spelling is one way in which a column writes that there is no value.
type spelling struct {
	Text string `json:"text"`
	Rows int64  `json:"rows"`
}

// inspectionOf takes the levels of columns from the description of the data set; nil is
// none.
func inspectionOf(in sandbox.Inspection, d *catalog.Dataset) inspection {
	out := inspection{
		Written: catalog.File{Format: in.Format, Compression: in.Compression, Encoding: in.Encoding, Delimiter: in.Delimiter, Sheet: in.Sheet},
		Header:  in.Header, Complete: in.Complete, Rows: in.Rows, Ragged: in.Ragged, Columns: []inspectedColumn{},
	}
	for _, s := range in.Sheets {
		out.Sheets = append(out.Sheets, s.Name)
	}
	for _, c := range in.Columns {
		one := inspectedColumn{Name: c.Name, Nulls: c.Nulls, Level: levelOfHeader(d, c.Name)}
		if c.Type.Valid() {
			one.Type = c.Type.String()
		}
		for _, s := range c.Spellings {
			one.Spelt = append(one.Spelt, spelling(s))
		}
		out.Columns = append(out.Columns, one)
	}
	return out
}

// levelOfHeader is the level of the column that a header of the file is the source of;
// 0 where none is.
func levelOfHeader(d *catalog.Dataset, header string) int {
	if d == nil {
		return 0
	}
	for _, c := range d.Columns {
		if c.Source == header {
			return d.LevelOf(c.Name)
		}
	}
	return 0
}

// showInspection prints what was found of a file.
func (a *app) showInspection(file *os.File, in sandbox.Inspection, d *catalog.Dataset) {
	a.say("%s: %s", "%s：%s", filepath.Base(file.Name()), a.howWritten(in))
	looked := a.tr("the first %d rows were looked at", "检查了前 %d 行")
	if in.Complete {
		looked = a.tr("all %d rows were looked at", "检查了全部 %d 行")
	}
	a.pairs("  ", [][2]string{
		{a.tr("rows", "行"), fmt.Sprintf(looked, in.Rows)},
		{a.tr("ragged", "列数不符"), orNothing(in.Ragged)},
		{a.tr("header", "表头"), map[bool]string{true: "", false: a.tr("the first row does not name the columns", "首行不是字段名")}[in.Header]},
	})
	header := []string{"", a.tr("column", "字段"), a.tr("type that fits", "推测类型"), a.tr("nulls", "空值"), a.tr("spelt", "空值写法")}
	if d != nil {
		header = append(header, a.tr("level", "级别"))
	}
	var rows [][]string
	for i, c := range inspectionOf(in, d).Columns {
		var spelt []string
		for _, s := range c.Spelt {
			spelt = append(spelt, fmt.Sprintf("%q × %d", s.Text, s.Rows))
		}
		rows = append(rows, []string{strconv.Itoa(i + 1), c.Name, c.Type, fmt.Sprint(c.Nulls), strings.Join(spelt, ", "), orNothing(int64(c.Level))}[:len(header)])
	}
	a.indented("  ", header, rows)
}

func orNothing(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// howWritten says format, encoding and so on in a line.
func (a *app) howWritten(in sandbox.Inspection) string {
	parts := []string{in.Format}
	if in.Compression != "" && in.Compression != "none" {
		parts = append(parts, in.Compression)
	}
	if in.Encoding != "" {
		parts = append(parts, in.Encoding)
	}
	if in.Delimiter != "" {
		parts = append(parts, fmt.Sprintf(a.tr("delimiter %q", "分隔符 %q"), in.Delimiter))
	}
	if in.Sheet != "" {
		parts = append(parts, fmt.Sprintf(a.tr("sheet %q", "工作表 %q"), in.Sheet))
	}
	return strings.Join(parts, ", ")
}

// confirmer asks whoever imports about files of which the description leaves out how
// they are written. Without a terminal only the plainest goes unasked.
func (a *app) confirmer(yes bool) func(*os.File, sandbox.Inspection) error {
	return func(file *os.File, in sandbox.Inspection) error {
		plain := in.Format == "csv" && in.Compression == "none" && in.Encoding == "utf-8" && in.Delimiter == ","
		switch {
		case yes:
			return nil
		case a.terminal && !a.json && isTerminal(a.in):
			return a.askAbout(file, in)
		case plain:
			return nil
		}
		return a.fault(fault.Invalid, "%s seems to be written as %s: say so in the description, or confirm it with --yes",
			"%s 看来是 %s：请写入数据集说明，或用 --yes 确认", filepath.Base(file.Name()), a.howWritten(in))
	}
}

func (a *app) askAbout(file *os.File, in sandbox.Inspection) error {
	a.showInspection(file, in, nil)
	fmt.Fprint(a.err, a.tr("import it so? [y/N] ", "按此导入？[y/N] "))
	answer, err := bufio.NewReader(a.in).ReadString('\n')
	if answer = strings.ToLower(strings.TrimSpace(answer)); err == nil && (answer == "y" || answer == "yes" || answer == "是") {
		return nil
	}
	return a.fault(fault.Interrupted, "nothing was imported", "未导入")
}
