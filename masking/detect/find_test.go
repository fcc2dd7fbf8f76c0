package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// In each text the marked parts are found, as the types that follow in order.
func TestFind(t *testing.T) {
	for _, c := range []struct{ marked, types string }{
		{"患者[王芳]，女，身份证号[11010519491231002X]，手机[138 9981 5157]，住[云南省昆明市五华区翠湖南路１２号3栋501]，车牌[京A·12345]。", "person_name_zh resident_id mobile address_zh plate"},
		{"联系人：[高山] 电话：[010-65551234]，邮箱[zhang.san@example.com].", "person_name_zh landline email"},
		{"患者[王芳]因高血压入院，家属[李建国]，住院号：[ZY000123456]，社保卡号[A12345678]", "person_name_zh person_name_zh medical_record_no social_card_no"},
		{"请[王]医生联系[张建国]先生（[13899815157]），IP:[192.0.2.10]，MAC [00:00:5E:00:53:01]", "person_name_zh person_name_zh mobile ip mac"},
		{"户主：[买买提·阿不都拉]，家住[上海市浦东新区世纪大道100号环球金融中心20楼]，卡号[6222 0260 3073 8011 478]", "person_name_zh address_zh bank_card"},
		{"身份证[１１０１０５１９４９１２３１００２Ｘ]，[A123456(3)]，[(010)65551234]，[+86 13899815157]；[沪A1234警]", "resident_id hkid landline mobile plate"},
		{"身份证号[110105194912310021]（输错）", "resident_id"},
		{"见http://[192.0.2.10:8080]/x和mailto:[a@b.com],版本4.12.0.1", "ip email"},
		{"经办人[欧阳娜娜]于2020年5月3日在第3号窗口办理", "person_name_zh"},
		{"信用代码[91350100M000100Y43]，护照[E12345678]，台湾[A123456789]，台胞证[0012345601(B)]", "uscc passport tw_id tw_compatriot_permit"},
		{"旧证[110105491231002]，机构[D2143569-X]，永居[USA110083060104]，通行证[C12345678]，回乡证[H12345678]", "resident_id_15 org_code foreign_pr_id hkm_travel_permit home_return_permit"},
		{"姓名\t[李四]\n姓名\t[王五]\r\n", "person_name_zh person_name_zh"},
		{"乱码\xff[13899815157]\xff", "mobile"},
		{"订单20240101123456金额110105.00元 2024-01-01 12:00:00，安全主任说三室一厅，患者 高血压三级，地铁2号线，0.13899815157，x_13899815157，1389981515712345678901234567890", ""},
		{"", ""},
	} {
		plain := strings.NewReplacer("[", "", "]", "").Replace(c.marked)
		marked, names := "", ""
		at := 0
		for _, s := range detector().Find(nil, []byte(plain)) {
			marked += plain[at:s.Start] + "[" + plain[s.Start:s.End] + "]"
			names += " " + s.Type.String()
			at = s.End
		}
		if marked += plain[at:]; marked != c.marked || strings.TrimSpace(names) != c.types {
			t.Errorf("found %s\nas %s, want\n%s\nas %s", marked, names, c.marked, c.types)
		}
	}
	kept := Span{1, 2, Email, 1}
	if spans := detector().Find([]Span{kept}, []byte("13899815157")); len(spans) != 2 || spans[0] != kept {
		t.Errorf("got %v", spans)
	}
}

// A text made to be slow takes time in proportion to its length.
func TestFindIsLinear(t *testing.T) {
	for _, part := range []string{"1", "1 ", "a@", "姓名", "1号", "::", "(1", "京A", "先生", "a.1-"} {
		began := time.Now()
		detector().Find(nil, []byte(strings.Repeat(part, 400_000/len(part))))
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("400 kB of %q took %v", part, took)
		}
	}
}

func TestHeader(t *testing.T) {
	for name, want := range map[string]Type{
		"sfzh": ResidentID, "身份证号码": ResidentID, "idCard": ResidentID, "patient_id_card_no": ResidentID, "SFZH": ResidentID, "xm": PersonNameZH, "患者姓名": PersonNameZH,
		"主治医生姓名": PersonNameZH, "sjh": Mobile, "手机号码(必填)": Mobile, "ｓｊｈ": Mobile, "lxdh": Mobile, "phone": Mobile, "dz": AddressZH, "家庭住址": AddressZH, "homeAddress": AddressZH,
		"IP地址": IP, "user_ip": IP, "MAC地址": MAC, "email": Email, "电子邮箱": Email, "cph": Plate, "yhkh": BankCard, "ybkh": BankCard, "zyh": MedicalRecordNo, "病案号": MedicalRecordNo, "mzh": MedicalRecordNo,
		"bah": MedicalRecordNo, "tyshxydm": USCC, "统一社会信用代码": USCC, "jgdm": OrgCode, "xzqh": RegionCode, "行政区划代码": RegionCode, "护照号": Passport, "社保卡号": SocialCardNo, "座机": Landline,
	} {
		if hits := Header(nil, name); len(hits) == 0 || hits[0].Type != want || hits[0].Confidence < Fires {
			t.Errorf("%s suggests %v, not %s", name, hits, want)
		}
	}
	for _, name := range []string{"", "c17", "备注", "id", "company_name", "科室名称", "金额", "date", "制剂", strings.Repeat("x", 1000), "\xff"} {
		if hits := Header(nil, name); len(hits) > 0 && hits[0].Confidence >= Fires {
			t.Errorf("%.20s suggests %v", name, hits)
		}
	}
}

// Whatever comes in, nothing panics, the answer is the same again, hits fall in
// confidence, and spans lie in the text, in order, on the borders of characters.
func FuzzDetect(f *testing.F) {
	seeds := []string{"１３８９９８１５１５７", "张伟", "(0)871-63123456 ext. 8", "[2001:db8::1]:443", "\xff\xfe", "患者王芳，身份证号11010519491231002X", "户主：买买提·阿不都拉··", "京A·12345", "①③⑧ﷺ", "a@b.c@d.com"}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d := detector()
		hits := d.Value(nil, text)
		if !slices.Equal(hits, d.Value(nil, text)) {
			t.Fatal("two answers")
		}
		for i, h := range hits {
			if h.Type == 0 || h.Confidence <= 0 || h.Confidence > 1 || i > 0 && h.Confidence > hits[i-1].Confidence {
				t.Fatal(fmt.Sprint(hits))
			}
		}
		spans, end := sameFinding(t, text), 0
		for _, s := range spans {
			if s.Start < end || s.End <= s.Start || s.End > len(text) || !utf8.RuneStart(text[s.Start]) || s.End < len(text) && !utf8.RuneStart(text[s.End]) && utf8.Valid(text) {
				t.Fatal(fmt.Sprint(spans))
			}
			end = s.End
		}
		Header(nil, string(text))
	})
}
