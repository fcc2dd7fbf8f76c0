package label

import "testing"

func TestAlike(t *testing.T) {
	for _, pair := range [][2]string{
		{"在保", "在保"}, {"在保", "在 保"}, {"在保", "在保。"}, {"Yes", "YES"}, {"Ａ", "A"}, {"NO", "N0"}, {"Il", "1I"}, {"未缴", "末缴"},
		{"已婚", "己婚"}, {"OK", "\u041e\u041a"}, {"\u0391", "A"}, {"一", "ー"}, {"?", "!"}, {"A(B)", "AB"}, {"⼀", "一"},
	} {
		if !Alike(pair[0], pair[1]) || !Alike(pair[1], pair[0]) {
			t.Errorf("%q and %q are told apart", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{
		{"在保", "不在保"}, {"有", "无"}, {"yes", "no"}, {"<18", ">=18"}, {"[18,60)", ">=60"}, {"阳性(+)", "阴性(-)"}, {"+", "-"}, {"10%", "10"}, {"一级", "1级"},
		{"γGT升高", "正常 normal"}, {"A型", "B型"}, {"已参保", "未参保"}, {"да", "нет"},
	} {
		if Alike(pair[0], pair[1]) {
			t.Errorf("%q and %q are taken for each other", pair[0], pair[1])
		}
	}
}
