//go:build linux && cgo

package main

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/internal/fault"
	"yingbi/masking"
)

func (a *app) maskingPropose() *cobra.Command {
	wall, id, dataset := seconds(30*time.Minute), "", ""
	c := &cobra.Command{
		Use: "propose FILE", Args: cobra.ExactArgs(1),
		Short: a.tr("write a masking policy for a file, to be checked by a person", "为文件起草脱敏策略，供人工核对"),
		Long: a.tr(`Scans FILE as yingbi masking scan does and prints a policy with a rule for each column
and the reason for it in a comment (docs/MASKING.md). It loads, with the columns and
types of the file; a column that identifies a person is never kept. Check it.`,
			`与 yingbi masking scan 一样扫描 FILE，输出一份策略：每列一条规则，注释说明依据（docs/MASKING.zh-CN.md）。
该策略可按文件的字段与类型载入；直接标识个人的列不会保留原值。请人工核对。`),
		Example: "  yingbi masking propose people.csv > policy.yaml\n  yingbi masking propose people.csv --dataset people --id people-basic",
		RunE: func(c *cobra.Command, args []string) error {
			name, got, err := a.scanFile(c.Context(), args[0], time.Duration(wall))
			if err != nil {
				return err
			}
			if got.Report == nil {
				return a.fault(fault.Invalid, "%s: %s", "%s：%s", name, a.verdictLine(got.Verdict))
			}
			a.noteUnseen(got)
			if dataset == "" {
				dataset = idOf(name)
			}
			if id == "" {
				id = dataset + "-proposed"
			}
			policy := got.Report.Policy(id, dataset)
			if _, err := masking.ParsePolicy("policy.yaml", policy); err != nil {
				return err
			}
			_, err = a.out.Write(policy)
			return err
		},
	}
	c.Flags().StringVar(&dataset, "dataset", "", a.tr("`ID` of the data set (default: after the file)", "`ID` 数据集编号（默认取自文件名）"))
	c.Flags().StringVar(&id, "id", "", a.tr("`ID` of the policy (default: the data set's, with -proposed)", "`ID` 策略编号（默认为数据集编号加 -proposed）"))
	c.Flags().Var(&wall, "time", a.tr("`TIME` for reading the file, such as 10m", "`TIME` 读取文件的时限，如 10m"))
	return c
}

// idOf makes an id of the name of a file: "Claims 2024.csv" gives claims-2024.
func idOf(name string) string {
	for ext := filepath.Ext(name); ext != ""; ext = filepath.Ext(name) {
		name = strings.TrimSuffix(name, ext)
	}
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == ' ':
			return '-'
		}
		return -1
	}, name)
	if id = strings.Trim(id, "-_"); id == "" {
		return "dataset"
	}
	return id[:min(len(id), 40)]
}
