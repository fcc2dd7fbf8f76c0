package main

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/egress/differencing"
	"yingbi/internal/fault"
)

// auditAnswer is what the audit of a spec found.
type auditAnswer struct {
	Decision     string             `json:"decision"` // allow or refuse
	Pairs        [][2]int           `json:"pairs"`
	Groups       [][]uint32         `json:"determined_small_groups"`
	Combinations []auditCombination `json:"combinations"`
	Atoms        int                `json:"atoms"`
	Rank         int                `json:"rank"`
	Complete     bool               `json:"complete"`
}

// auditCombination says how cells add up to the figure of a few subjects.
type auditCombination struct {
	Subjects []uint32    `json:"subjects"`
	Sum      bool        `json:"sum"`   // otherwise a weighted sum
	Cells    []auditTerm `json:"cells"` // none where the fractions are too long
}

type auditTerm struct {
	Cell        int    `json:"cell"`
	Coefficient string `json:"coefficient"` // such as -1 or 2/3
}

func (a *app) egressAudit() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use: "audit --spec FILE", Args: cobra.NoArgs,
		Short: a.tr("find what published cells tell together of a few subjects", "检查多个已公布单元格联合起来是否泄露少数主体"),
		Long: a.tr(`Reads cells as sets of their contributors, and looks for pairs that differ by fewer
than k subjects and for sums of cells that leave fewer than k:

  {"k": 10, "stat": "sum", "sets": [[0, 1, 2], [3, 4], [0, 1, 2, 3, 4, 5]]}

Subjects are numbers from 0. The answer's pairs and coefficients name cells by their
place in sets, from 0. Exit code 0: the check was made, whatever it found.`,
			`读入各单元格的贡献主体集合，查找相差不足 k 个主体的单元格对，以及相加减后只剩不足 k 个主体的组合：

  {"k": 10, "stat": "sum", "sets": [[0, 1, 2], [3, 4], [0, 1, 2, 3, 4, 5]]}

主体从 0 开始编号。结果中的单元格以其在 sets 中的位置（从 0 起）表示。
退出码 0 表示检查已完成，不论结果如何。`),
		Example: "  yingbi egress audit --spec cells.json\n  yingbi egress audit --spec cells.json --format json",
		RunE: func(c *cobra.Command, _ []string) error {
			if path == "" {
				return a.fault(fault.Invalid, "name the file of cells with --spec", "请用 --spec 指定单元格文件")
			}
			b, err := a.readFile(path, differencing.MaxSpec)
			if err != nil {
				return err
			}
			spec, err := differencing.ParseSpec(b)
			if err != nil {
				return err
			}
			done := a.busy(a.tr("looking at all combinations; Ctrl-C stops it", "正在检查全部组合；Ctrl-C 停止"))
			v, err := spec.Audit(c.Context())
			done()
			if err != nil {
				return err
			}
			return a.give(answerOf(v), func() { a.showAudit(len(spec.Sets), spec.K, v) })
		},
	}
	c.Flags().StringVar(&path, "spec", "", a.tr("`FILE` the cells, as JSON", "`FILE` 单元格（JSON）"))
	return c
}

func answerOf(v *differencing.Verdict) auditAnswer {
	out := auditAnswer{Decision: "refuse", Pairs: [][2]int{}, Groups: [][]uint32{}, Combinations: []auditCombination{}, Atoms: v.Atoms, Rank: v.Rank, Complete: v.Complete}
	if v.Allow() {
		out.Decision = "allow"
	}
	for _, p := range v.Pairs {
		out.Pairs = append(out.Pairs, [2]int{p.A, p.B})
	}
	for _, c := range v.Combinations {
		if c.Sum {
			out.Groups = append(out.Groups, c.Elements)
		}
		one := auditCombination{Subjects: c.Elements, Sum: c.Sum, Cells: []auditTerm{}}
		for _, cell := range slices.Sorted(maps.Keys(c.Coefficients)) {
			one.Cells = append(one.Cells, auditTerm{cell, c.Coefficients[cell].RatString()})
		}
		out.Combinations = append(out.Combinations, one)
	}
	return out
}

func (a *app) showAudit(cells, k int, v *differencing.Verdict) {
	if v.Allow() {
		a.say("allowed: no pair and no combination of %d cells leaves fewer than %d subjects", "通过：%d 个单元格的任意两个或组合都不会只剩不足 %d 个主体", cells, k)
	} else {
		a.say("refused: cells together tell of fewer than %[2]d subjects", "不通过：联合起来会暴露不足 %[2]d 个主体", cells, k)
	}
	a.pairs("  ", [][2]string{
		{a.tr("groups that no cell tells apart", "不可区分的主体组（原子）"), fmt.Sprint(v.Atoms)},
		{a.tr("independent cells", "线性独立的单元格"), fmt.Sprint(v.Rank)},
	})
	for _, p := range v.Pairs {
		a.say("  cells %d and %d differ by %d", "  单元格 %d 与 %d 相差 %d 个主体", p.A, p.B, p.Difference)
	}
	for _, c := range v.Combinations {
		kind := a.tr("the sum of", "总和已确定，主体")
		if !c.Sum {
			kind = a.tr("a weighted sum of", "加权和已确定，主体")
		}
		a.say("  %s %s: %s", "  %s %s：%s", kind, strings.Trim(fmt.Sprint(c.Elements), "[]"), a.formula(c.Coefficients))
	}
	if !v.Complete {
		a.say("  not all combinations could be looked at: the cells are too entangled, and nothing is promised of them", "  组合过于复杂，未能全部检查，不作任何保证")
	}
}

// formula writes a combination of cells, such as +c2 −c0 −c1.
func (a *app) formula(coefficients map[int]*big.Rat) string {
	if coefficients == nil {
		return a.tr("by fractions too long to be shown", "系数过长，不予显示")
	}
	var parts []string
	for _, cell := range slices.Sorted(maps.Keys(coefficients)) {
		f := coefficients[cell]
		sign, size := "+", new(big.Rat).Abs(f).RatString()
		if f.Sign() < 0 {
			sign = "−"
		}
		if size == "1" {
			size = ""
		} else {
			size += "·"
		}
		parts = append(parts, fmt.Sprintf("%s%sc%d", sign, size, cell))
	}
	return strings.Join(parts, " ")
}
