package discover_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"yingbi/internal/idnum"
	"yingbi/masking/detect"
	"yingbi/masking/discover"
)

// TestSharedColumns holds verdicts to the worked columns of ../shared.
func TestSharedColumns(t *testing.T) {
	body, err := os.ReadFile("../../../shared/cases/pii.json")
	if os.IsNotExist(err) {
		t.Skip("../shared/cases is not here: the test over its columns needs it")
	}
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Columns []struct {
			Header string
			Values []string
			Expect *string
			Why    string
		}
	}
	if err := json.Unmarshal(body, &cases); err != nil || len(cases.Columns) == 0 {
		t.Fatalf("%d columns, %v", len(cases.Columns), err)
	}
	for _, c := range cases.Columns {
		want := ""
		if c.Expect != nil {
			want = *c.Expect
		}
		if _, known := detect.ParseType(want); !known {
			want = ""
		}
		if f := alone(c.Header, c.Values); firing(f) != want {
			t.Errorf("%s: %q fires, want %q (%s)\n%+v", c.Header, firing(f), want, c.Why, f)
		}
	}
}

// mixed takes values of several columns in turn.
func mixed(columns ...[]string) []string {
	return each(len(columns[0]), func(i int) string { return columns[i%len(columns)][i] })
}

func numbered(format string, from, step int) []string {
	return each(20, func(i int) string { return fmt.Sprintf(format, from+i*step) })
}

func swap(values []string, f func(i int, v string) string) []string {
	return each(len(values), func(i int) string { return f(i, values[i]) })
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

const (
	people20 = "张伟 王芳 李娜 刘洋 陈静 杨磊 赵敏 黄丽华 周杰 吴秀英 徐强 孙丽娟 马晓东 朱红 胡建国 郭亮 何雪 高翔 林志玲 欧阳修文"
	places   = "高安 方城 黄山 江门 金华 马鞍山 安阳 石家庄 白城 南阳 东莞 温州 常州 汤阴 许昌 郑州 宁波 包头 张家口 成都"
	products = "苹果手机 金龙鱼油 白砂糖 高钙牛奶 方便面 黄豆酱 石榴汁 江米 矿泉水 毛巾 汤圆 红茶 马蹄糕 胡椒粉 台灯 充电器 洗衣液 花生油 雨伞 水杯"
)

// TestColumns are columns of twenty values: what they hold, whatever the header says.
func TestColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	digits := func(n int) string {
		return strings.Join(each(n, func(int) string { return string(rune('0' + r.IntN(10))) }), "")
	}
	random := func(n int) []string { return each(20, func(int) string { return "7" + digits(n-1) }) }
	cards := each(20, func(i int) string {
		c, ok := idnum.SyntheticBankCard("62220260307380" + fmt.Sprintf("%04d", i*137%10000))
		if !ok {
			t.Fatal("no card")
		}
		return c
	})
	codes := each(20, func(i int) string {
		c, err := idnum.SyntheticCreditCode("530402", 100+i*31)
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
	old := swap(residents(20), func(_ int, v string) string { return v[:6] + v[8:17] })
	orders := each(20, func(i int) string { return "53040220240" + fmt.Sprint(101+i%28) + digits(4) })
	for _, c := range []struct {
		header string
		values []string
		want   string
	}{
		{"c17", residents(20), "resident_id"},
		{"订单号", residents(20), "resident_id"},
		{"SFZH", swap(residents(20), func(i int, v string) string { return map[bool]string{true: "", false: v}[i%3 == 0] }), "resident_id"},
		{"c3", swap(residents(20), func(i int, v string) string { return wide(v[:6]) + " " + v[6:14] + "-" + v[14:] }), "resident_id"},
		{"身份证号", swap(residents(20), func(_ int, v string) string { return v[:6] + "********" + v[14:] }), ""},
		{"证件", mixed(residents(20), mobiles(20)), "resident_id mobile"},
		{"c1", residents(10)[:10], "resident_id"},
		{"c1", old, "resident_id_15"},
		{"no", orders, ""},
		{"sjh", mobiles(20), "mobile"},
		{"c9", mobiles(12), "mobile"},
		{"c9", swap(mobiles(20), func(_ int, v string) string { return "+86 " + v[:3] + "-" + v[3:7] + " " + v[7:] }), "mobile"},
		{"电话", each(20, func(i int) string { return fmt.Sprintf("%d-%d0%d", 1+i%4, 1+i%9, 1+i%5) }), ""},
		{"手机", swap(mobiles(20), func(_ int, v string) string { return v[:3] + "****" + v[7:] }), ""},
		{"卡号", cards, "bank_card"},
		{"x", cards, "bank_card"},
		{"x", codes, "uscc"},
		{"姓名", strings.Fields(people20), "person_name_zh"},
		{"c17", strings.Fields(people20), "person_name_zh"},
		{"xm", strings.Fields(people20)[:10], "person_name_zh"},
		{"城市", strings.Fields(places), ""},
		{"c5", strings.Fields(places), ""},
		{"商品", strings.Fields(products), ""},
		{"c6", strings.Fields(products), ""},
		{"订单号", numbered("13812%06d", 100, 1), ""},
		{"order_id", numbered("202403%08d", 1, 17), ""},
		{"ts", numbered("17%08d", 12345678, 86461), ""},
		{"ts_ms", numbered("1712%09d", 12345678, 8646111), ""},
		{"金额", numbered("%d.50", 100, 333), ""},
		{"数量", numbered("%d", 1, 3), ""},
		{"编码", random(18), ""},
		{"编码", random(11), ""},
		{"编码", random(16), ""},
		{"日期", each(20, func(i int) string { return fmt.Sprintf("2024-%02d-%02d", 1+i%12, 1+i) }), ""},
		{"c8", each(20, func(i int) string { return fmt.Sprintf("2024%02d%02d", 1+i%12, 1+i) }), ""},
		{"版本", each(20, func(i int) string { return fmt.Sprintf("%d.%d.%d.0", 1+i%4, i%12, i) }), ""},
		{"c4", each(20, func(i int) string { return fmt.Sprintf("10.%d.%d.%d", 20+i*11, i*7, 1+i*12) }), "ip"},
		{"c2", each(20, func(i int) string { return fmt.Sprintf("user%d.x@example.com", i*7) }), "email"},
		{"备注", each(20, func(i int) string { return "本人证件 " + residents(20)[i] + "（已核对）；体检正常" }), "resident_id"},
		{"备注", each(20, func(i int) string {
			return map[bool]string{true: "手机：" + mobiles(20)[i] + "，下午可接听", false: "体检正常，建议复查血压"}[i == 7]
		}), "mobile"},
		{"备注", each(20, func(i int) string { return "体检正常，建议复查血压，第" + fmt.Sprint(i) + "次" }), ""},
		{"病案号", numbered("ZY%09d", 123456, 977), "medical_record_no"},
		{"c7", numbered("ZY%09d", 123456, 977), ""},
		{"社保号", residents(20), "social_security_no resident_id"},
		{"社保卡号", each(20, func(i int) string { return string(rune('A'+i%5)) + digits(8) }), "social_card_no"},
		{"台胞证号", random(8), "tw_compatriot_permit"},
		{"邮政编码", pick("653100 653101 652100 650000", 20), ""},
		{"座机", each(20, func(i int) string { return fmt.Sprintf("6555%04d", i*389%10000) }), "landline"},
		{"c1", each(20, func(i int) string { return fmt.Sprintf("0877-26%05d", i*38911%100000) }), "landline"},
		{"c1", each(12, func(i int) string { return fmt.Sprintf("云A%05d", i*7919%100000) }), "plate"},
		{"车牌", each(20, func(i int) string { return fmt.Sprintf("云AG%05d", i*7919%100000) }), "plate"},
		{"mac", each(20, func(i int) string { return fmt.Sprintf("00:1a:%02x:53:0%d:a%d", i*11, i%9, i%7) }), "mac"},
		{"c1", each(20, func(i int) string { return fmt.Sprintf("E%08d", i*48271*977%100000000) }), "passport"},
		{"房号", each(20, func(i int) string { return fmt.Sprintf("%d%02d0%d", 1+i%4, 1+i%18, 1+i%4) }), ""},
		{"地址", each(20, func(i int) string {
			return fmt.Sprintf("云南省玉溪市红塔区玉兴路%d号%d幢%d室", 1+i*3, 1+i%9, 101+i)
		}), "address_zh"},
		{"c1", each(20, func(i int) string {
			return fmt.Sprintf("云南省玉溪市红塔区玉兴路%d号%d幢%d室", 1+i*3, 1+i%9, 101+i)
		}), "address_zh"},
		{"地区", pick("云南省玉溪市红塔区 云南省玉溪市江川区 云南省昆明市五华区 北京市 上海市", 20), ""},
		{"空", each(20, func(int) string { return "" }), ""},
	} {
		f := alone(c.header, c.values)
		if firing(f) != c.want {
			t.Errorf("%s (%.40q): %q fires, want %q\n%+v", c.header, c.values[:2], firing(f), c.want, f)
		}
		if _, ok := detect.ParseType(strings.Fields(c.want + " none")[0]); ok && (f.Rule == "keep" || f.Level < 2) {
			t.Errorf("%s: rule %s, level %d", c.header, f.Rule, f.Level)
		}
	}
}

// TestMergeIsTheWhole: however rows are split between scanners, the report is the same.
func TestMergeIsTheWhole(t *testing.T) {
	const n = 9000 // more different values than are kept
	columns, values := people(n)
	want := scan(columns, values).Report(false)
	r := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		scanners := make([]*discover.Scanner, 4)
		for i := range scanners {
			scanners[i] = discover.New(detector(), columns)
		}
		for at := 0; at < n; {
			end, s := min(n, at+1+r.IntN(3000)), scanners[r.IntN(len(scanners))]
			s.Rows(end - at)
			for i := range values {
				s.Add(i, texts(values[i][at:end]))
			}
			at = end
		}
		for _, other := range scanners[1:] {
			scanners[0].Merge(other)
		}
		if got := scanners[0].Report(false); !reflect.DeepEqual(got, want) {
			t.Errorf("merged %+v\nwhole %+v", got, want)
		}
	}
}
