//go:build linux && cgo

package main

import (
	"fmt"
	"strconv"
	"strings"

	"yingbi/egress"
)

// showQuestions lays out what might be asked of one subject at a time, with how many
// would get each answer.
func (a *app) showQuestions(questions []egress.Question) {
	for _, q := range questions {
		a.heading("The question %s, of one %s at a time", "单主体核验问题 %s，主体类别 %s", q.Name, q.Kind)
		lines := [][2]string{{a.tr("rows", "数据行"), q.Source}, {a.tr("where", "条件"), q.Where}}
		for _, c := range q.Columns {
			lines = append(lines, [2]string{a.tr("column", "字段"), fmt.Sprintf(a.tr("%s.%s, level %d", "%s.%s，%d 级"), c.Dataset, c.Name, c.Level)})
		}
		for _, x := range q.Parameters {
			lines = append(lines, [2]string{a.tr("chosen", "可选参数"), x.Name + " = " + strings.Join(x.Values, " | ")})
		}
		header := []string{}
		if len(q.Parameters) > 0 {
			header = append(header, a.tr("chosen", "参数"))
		}
		for i, text := range q.Answers {
			when := a.tr("otherwise; also whoever has no rows or is not known", "其余情形，含无记录与查无此人")
			if i < len(q.When) {
				when = q.When[i]
			}
			lines = append(lines, [2]string{a.tr("answer ", "答案 ") + strconv.Itoa(i+1), "“" + text + "”  " + when})
			header = append(header, text)
		}
		a.pairs("  ", append(lines, [2]string{a.tr("one answer tells", "每次回答透露"), fmt.Sprintf(a.tr("%d.%03d bit at most", "至多 %d.%03d 比特"), q.Millibits/1000, q.Millibits%1000)}))
		a.say("  subjects of each answer today, of those that its first input lists:", "  首个数据源所列主体中，目前各答案的主体数：")
		var rows [][]string
		for _, c := range q.Census {
			row := c.Subjects
			if len(q.Parameters) > 0 {
				row = append([]string{q.Chosen(c)}, row...)
			}
			rows = append(rows, row)
		}
		a.indented("  ", header, rows)
	}
}
