package page

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/egress"
)

// forReason says what to do about a reviewer's reason, and so no more than the reason
// says.
func (w words) forReason(reason string) []string {
	switch reason {
	case "disclosure_risk":
		return []string{
			w.tr("Group by fewer keys, or by coarser ones: wider bands of age, a district instead of a street, a quarter instead of a month.", "减少分组键，或改用更粗的分组：更宽的年龄段、以区县代替街道、以季度代替月份。"),
			w.tr("Drop conditions that choose few subjects, and tables that differ from another by a condition alone.", "去掉只选出少量主体的条件，以及与另一张表仅差一个条件的表。"),
			w.tr("Ask for no more figures than the question needs; of money, a mean tells less than a sum beside a count.", "只保留回答问题所需的数字；金额类用均值比“合计加计数”透露得更少。"),
		}
	case "outside_purpose":
		return []string{w.tr("Compare the question with the purpose of the scenario; for another purpose, apply to the authority for a scenario of its own.", "对照应用场景的用途核对所问问题；如属其他用途，请向实施机构另行申请场景。")}
	case "insufficient_context":
		return []string{w.tr("Say in question, audience and notes what the tables decide, for whom, and why each condition and band is needed.", "在问题、受众与说明中写明各表用于什么决策、供谁使用、每个条件与分段为何必要。")}
	case "poor_quality":
		return []string{w.tr("Look at the quality report of the data with its provider, and test the job over sample data.", "与数据提供部门核对数据质量报告，并在样例数据上测试作业。")}
	case "failed_limit":
		return []string{w.tr("Try the job over sample data with the same limits; read fewer columns, or raise limits of the manifest as far as the scenario has use for it.", "以相同限制在样例数据上试运行；减少读取的字段，或在清单中适当提高限制。")}
	case "failed_run":
		return []string{w.tr("Try the job over sample data, where the whole log is shown: yingbi job run --sample.", "在样例数据上试运行，可查看完整日志：yingbi job run --sample。")}
	case "module_error":
		return []string{w.tr("The manifest says what the error means; try the module over sample data that brings it about.", "清单说明了该错误的含义；请在可触发它的样例数据上测试模块。")}
	}
	return nil
}

// maxNamed is how many values of a key are named.
const maxNamed = 8

// forTable says how a table could keep more of its cells. It looks at the published
// table alone.
func (w words) forTable(t *egress.Published) []string {
	var keys []int
	for i, c := range t.Columns {
		if c.Key {
			keys = append(keys, i)
		}
	}
	hidden := slices.Collect(func(yield func([]egress.Value) bool) {
		for _, row := range t.Rows {
			if slices.ContainsFunc(row, func(v egress.Value) bool { return v.Mark == egress.Suppressed }) && !yield(row) {
				return
			}
		}
	})
	if len(hidden) == 0 {
		return []string{w.tr("No listed cell is suppressed; nothing needs to change.", "所列单元格均未隐去，无需修改。")}
	}
	out := []string{fmt.Sprintf(w.tr("%d of %d listed combinations are suppressed: too few subjects, one that dominates, or nobody at all; the table does not tell which.", "所列 %[2]d 个组合中 %[1]d 个隐去：主体过少、某一主体占优或本无主体，表中不加区分。"), len(hidden), len(t.Rows))}
	for _, k := range keys {
		if named := w.mostHidden(t, k, hidden); named != "" {
			out = append(out, fmt.Sprintf(w.tr("%s: half or more is suppressed for %s. Merge these with their neighbours, by a band, a case or a shorter code.", "%s：%s 的组合隐去半数以上。可用分段、case 或更短的代码与相邻取值合并。"), titled(t.Columns[k].Title, t.Columns[k].Name), named))
		}
	}
	if len(keys) > 1 && len(hidden)*4 > len(t.Rows) {
		out = append(out, w.tr("More than a quarter is suppressed: a table for each key by itself, or with one key less, would keep more.", "隐去超过四分之一：改为每个键单独成表，或减少一个键，可保留更多单元格。"))
	}
	if !t.Complete {
		out = append(out, w.tr("Combinations that the table does not list are suppressed, too.", "表中未列出的组合同样为隐去。"))
	}
	return out
}

// mostHidden names the values of a key of which half of the rows or more are
// suppressed, in the table's order.
func (w words) mostHidden(t *egress.Published, key int, hidden [][]egress.Value) string {
	all, gone := map[egress.Value]int{}, map[egress.Value]int{}
	var order []egress.Value
	for _, row := range t.Rows {
		if all[row[key]]++; all[row[key]] == 1 {
			order = append(order, row[key])
		}
	}
	for _, row := range hidden {
		gone[row[key]]++
	}
	var named []string
	for _, v := range order {
		if gone[v]*2 < all[v] || gone[v] == 0 {
			continue
		}
		if len(named) == maxNamed {
			named = append(named, "…")
			break
		}
		named = append(named, fmt.Sprintf("%s (%d/%d)", w.value(v), gone[v], all[v]))
	}
	return strings.Join(named, w.tr(", ", "、"))
}
