package page

import (
	"fmt"
	"strings"

	"yingbi/egress"
)

// questionView is a question about single subjects as it is shown.
type questionView struct {
	Name   string
	Facts  [][2]string
	Head   []string   // of the census
	Census [][]string // subjects of each answer, behind what was chosen
}

func (v *reviewView) question(q *egress.Question) questionView {
	out := questionView{Name: line(q.Name)}
	fact := func(en, zh, value string) {
		if value != "" {
			out.Facts = append(out.Facts, [2]string{v.tr(en, zh), line(value)})
		}
	}
	fact("about one", "主体类别", q.Kind)
	fact("rows", "数据行", q.Source)
	fact("where", "条件", q.Where)
	var columns []string
	for _, c := range q.Columns {
		columns = append(columns, fmt.Sprintf(v.tr("%s.%s (level %d)", "%s.%s（%d 级）"), c.Dataset, c.Name, c.Level))
	}
	fact("columns", "字段", strings.Join(columns, v.tr(", ", "、")))
	for _, x := range q.Parameters {
		fact("chosen by whoever asks", "调用者可选", x.Name+" = "+strings.Join(x.Values, " | "))
		out.Head = []string{v.tr("chosen", "参数")}
	}
	for i, text := range q.Answers {
		when := v.tr("otherwise; also whoever has no rows or is not known", "其余情形，含无记录与查无此人")
		if i < len(q.When) {
			when = q.When[i]
		}
		fact(fmt.Sprintf("answer %d", i+1), fmt.Sprintf("答案 %d", i+1), "“"+text+"” · "+when)
		out.Head = append(out.Head, line(text))
	}
	fact("one answer tells at most", "每次回答至多透露", fmt.Sprintf("%d.%03d bit", q.Millibits/1000, q.Millibits%1000))
	for _, c := range q.Census {
		var row []string
		if len(q.Parameters) > 0 {
			row = append(row, line(q.Chosen(c)))
		}
		for _, n := range c.Subjects {
			row = append(row, line(n))
		}
		out.Census = append(out.Census, row)
	}
	return out
}
