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
			w.ownBands(),
			w.tr("Drop conditions that choose few subjects, and tables that differ from another by a condition alone.", "去掉只选出少量主体的条件，以及与另一张表仅差一个条件的表。"),
			w.tr("Give a model fewer terms and no rare ones, and the same subjects as the tables beside it.", "模型减少项数、去掉少见的项，并与同一作业的各表使用相同的主体。"),
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

// forModels says what to change of a model that was refused: for every rule, since the
// release does not tell which it was.
func (w words) forModels() []string {
	return []string{
		w.tr("Subjects on both sides of each 0/1 term, with either outcome where the response is a condition: merge rare values and small bands, or leave the term out.", "每个 0/1 项两侧均须有足够主体；响应为条件时，两侧须各有两种结果：合并少见取值与过小分段，或去掉该项。"),
		w.tr("At least three subjects for each parameter, and ten more than parameters: fewer terms, or more rows.", "每个参数至少对应三个主体，且主体数比参数多十个以上：减少项数，或扩大数据范围。"),
		w.tr("No term that belongs to a rare combination of other terms: leave out what tells such a combination apart.", "不得有专属于少见组合的项：去掉能区分该组合的项。"),
		w.tr("Nobody far from all others in a number that is a term or the response: take a band of it, or choose rows with where.", "作为项或响应的数值中，不得有远离其他所有人的个别主体：改用分段，或以 where 限定范围。"),
		w.tr("No term that follows from the others, and no response that follows from the terms; counts and times are not negative.", "各项之间不得互相推出，响应不得由各项推出；计数与时间不得为负。"),
		w.tr("The module fits the rows that the manifest names, those alone in which every variable is known, until nothing changes any more.", "模块须只用清单所定、且各变量均有值的行，拟合至收敛。"),
		w.tr("The same subjects as in other tables and models, of earlier releases too, or plainly others; by where or by missing values, not a few more or less.", "主体须与其他表和模型（含以往出域者）完全一致，或明显不同；不得因 where 或缺失值而多出或缺少少数主体。"),
		w.tr("Values that stand in the name of a parameter are plain short words, without anybody's number.", "出现在参数名称中的取值须为简短文字，不含任何个人号码。"),
	}
}

// forNumbers says the same of asserted numbers.
func (w words) forNumbers() []string {
	return []string{
		w.tr("The module emits one row with the declared numbers, each once, and nothing else; each is known, finite, and within its bounds.", "模块只输出一行，恰含所声明的各数值，每个一列，不得多列或缺列；数值须有值、有限，并在界内。"),
		w.tr("Where a table counts the subjects of each leaf, none of its cells is suppressed: merge small leaves and empty ones with their neighbours.", "以表统计各叶子主体的，该表不得有隐去的单元格：将过小或空的叶子与相邻者合并。"),
	}
}

// ownBands says what helps where a band holds nearly all of a group.
func (w words) ownBands() string {
	return w.tr("A key of your own, such as a band or a case, needs two values with enough subjects in each group, else the large one is suppressed, too: move its bounds, or ask the provider for bands in the policy, which are not of your choosing.", "自定分组键（如分段或 case）在每个组内至少要有两个取值各有足够主体，否则较大的一个也会隐去：可调整界限，或请数据提供部门在脱敏策略中给出分档（不由申请方选定）。")
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
	if len(out) > 1 {
		out = append(out, w.ownBands())
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
