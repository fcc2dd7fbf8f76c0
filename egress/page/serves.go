package page

import "fmt"

// service says which articles a check serves and how it came out here.
type service struct{ Check, Articles, Result string }

// serves names, for each check, the articles that ask for it. YX, KM, GZ, BJ and YK are
// the five texts on authorised operation of public data that the domain follows; the
// page says which.
func (v *reviewView) serves() []service {
	result := v.tr("nothing to check", "无可检查内容")
	if v.Report != nil {
		result = fmt.Sprintf(v.tr("rules “%s”: %d of %d cells withheld, %d tables refused", "规则集“%s”：抑制 %d / %d 个单元格，拒绝 %d 张表"), line(v.Report.Preset.String()), v.Withheld, v.Cells, v.Refused)
	}
	near := v.tr("not compared; yours to judge", "未比对，由审查员判断")
	if v.Past != nil {
		near = v.Past.Summary
	}
	return []service{
		{v.tr("columns and uses are those of the filed scenario, and no others", "字段与用途限于已备案场景"),
			v.tr("YX 12, 21; YK 3; BJ 20, 32", "YX 12、21；YK 3；BJ 20、32"), v.tr("refused at submission otherwise", "不符者在提交时即拒绝")},
		{v.tr("raw rows stay inside; the figures are the domain's own or a function of finished tables", "原始数据不出域；数字由域自行计算，或仅由成品统计表得出"),
			v.tr("YX 4; GZ 3, 24; BJ 25, 32", "YX 4；GZ 3、24；BJ 25、32"), line(v.Class)},
		{v.tr("of people, only statistics leave, and nobody can be read from them: minimum subjects, dominance, p%, zero and full cells", "涉及个人的仅统计结果出域，且不能从中读出任何主体：最少主体数、占优、p%、零值与全有或全无"),
			v.tr("YK 8(2); GZ 24", "YK 8(2)；GZ 24"), result},
		{v.tr("risk of combination: with tables of this job and with earlier releases", "组合与汇聚风险：本作业各表之间、与以往出域成果之间"),
			v.tr("YX 33; KM 27", "YX 33；KM 27"), near},
		{v.tr("review by the department that authorised the use", "由授权部门进行出域审查"),
			"GZ 17", line(v.Scenario.Department)},
		{v.tr("agreement and scenario in force on the day of release", "出域之日协议与场景均在有效期内"),
			v.tr("YX 17, 19", "YX 17、19"), v.tr("checked again when the release is made", "签发时再次检查")},
		{v.tr("every operation under a real name and on record", "实名操作，全程留痕"),
			v.tr("YX 22, 32; BJ 21", "YX 22、32；BJ 21"), fmt.Sprintf(v.tr("records in the log: %d, below", "日志记录 %d 条，见下"), len(v.Steps))},
	}
}
