package discover

import "yingbi/masking/detect"

// wording is a report's language.
type wording struct {
	chinese bool

	empty, value, failed, whole, header, inside, also, promised, masked, quasi, about, none, different, around string
	semicolon, comma, named                                                                                    string
	head, title, column, noName                                                                                string // of a policy
	types                                                                                                      map[detect.Type]string
	where                                                                                                      map[condition]string
}

// hint adds that the header agrees.
func (w *wording) hint(prior float64) string {
	if prior > 0 {
		return w.named
	}
	return ""
}

func speak(chinese bool) wording {
	if chinese {
		return inChinese()
	}
	return inEnglish()
}

func inEnglish() wording {
	return wording{
		empty:     "no values",
		value:     "%s of %s values are %s; by chance %s of them would be",
		failed:    ", and %s have the parts and another check digit",
		whole:     "%s of %s values read as %s",
		header:    "the header names %s, and %s of the values have their form",
		inside:    "%s of %s texts hold %s",
		also:      "also %s",
		promised:  "the header suggests %s, but %s of %s values are",
		masked:    "%s values are masked already",
		quasi:     "%s, which others know of a person",
		about:     "%s",
		none:      "no identifier among %s values",
		different: "%s different, %s nulls, %s",
		around:    "about ",
		semicolon: "; ",
		comma:     ", ",
		named:     "; the header agrees",
		head: "Proposed by yingbi masking propose from counts over every cell, for a person to check.\n" +
			"A column without a rule is dropped. A rule in a comment is to take the place of the one above it\n" +
			"where what stands behind it is so. docs/DISCOVERY.md says how the proposals come about,\n" +
			"docs/MASKING.md what the rules do.",
		title:  "proposal for %s",
		column: "level %d: %s",
		noName: "no policy can name this column, so it is dropped: %s",
		where: map[condition]string{
			formChecked: "where programs check the form of the number; the domain can undo it",
			lookedUp:    "where two people must be able to look a value up for a recorded reason",
			read:        "where people read the texts; only what is found is taken out",
			between:     "where the days between a person's events count; the column named must be described as the subject",
		},
		types: map[detect.Type]string{
			detect.ResidentID: "resident numbers (GB 11643: area, date, check digit)", detect.ResidentID15: "resident numbers of 15 digits (area, date)",
			detect.USCC: "unified social credit codes (GB 32100)", detect.OrgCode: "organisation codes (GB 11714)",
			detect.Mobile: "mobile numbers", detect.Landline: "landline numbers", detect.BankCard: "bank card numbers (issuer, Luhn)",
			detect.Plate: "number plates", detect.Passport: "passport numbers", detect.HKMTravelPermit: "permits to travel to Hong Kong and Macao",
			detect.HomeReturnPermit: "home return permits", detect.TWCompatriotPermit: "permits of Taiwan compatriots",
			detect.ForeignPRID: "permanent residence cards", detect.HKID: "Hong Kong identity cards", detect.TWID: "Taiwan identity cards",
			detect.SocialSecurityNo: "social security numbers (GB 11643)", detect.SocialCardNo: "social security card numbers",
			detect.MedicalRecordNo: "medical record numbers", detect.RegionCode: "region codes (GB/T 2260)", detect.IP: "IP addresses",
			detect.MAC: "MAC addresses", detect.Email: "e-mail addresses", detect.PersonNameZH: "names of people", detect.AddressZH: "addresses",
		},
	}
}

func inChinese() wording {
	return wording{
		chinese:   true,
		empty:     "没有取值",
		value:     "%[2]s 个值中有 %[1]s 个为%[3]s；随机出现的比例为 %[4]s",
		failed:    "，另有 %s 个结构相符但校验码不符",
		whole:     "%[2]s 个值中有 %[1]s 个形如%[3]s",
		header:    "列名指明%s，%s 的值符合其格式",
		inside:    "%[2]s 段文本中有 %[1]s 段含有%[3]s",
		also:      "另有 %s",
		promised:  "列名提示 %[1]s，但 %[3]s 个值中仅 %[2]s 个符合",
		masked:    "%s 个值已遮盖",
		quasi:     "%s，他人可能知晓，属准标识符",
		about:     "%s",
		none:      "%s 个值中未发现标识符",
		different: "%s 个不同取值，%s 个空值，%s",
		around:    "约 ",
		semicolon: "；",
		comma:     "、",
		named:     "；列名相符",
		head: "由 yingbi masking propose 根据全部单元格的统计提出，须经人工核对。\n" +
			"没有规则的列不会进入脱敏视图。注释中的规则：若其后所述成立，则以之替换上一行的规则。\n" +
			"依据见 docs/DISCOVERY.zh-CN.md，规则见 docs/MASKING.zh-CN.md。",
		title:  "%s 脱敏建议",
		column: "%d 级：%s",
		noName: "策略无法写出该列的列名，因此该列被删除：%s",
		where: map[condition]string{
			formChecked: "下游程序校验号码格式时；本域可还原",
			lookedUp:    "须由两人凭记录的理由查回原值时",
			read:        "须由人阅读文本时；仅去除所发现的内容",
			between:     "须保留同一人各次事件的间隔天数时；所列字段须在数据集描述中声明为主体",
		},
		types: map[detect.Type]string{
			detect.ResidentID: "公民身份号码（GB 11643：地区、日期、校验码）", detect.ResidentID15: "15 位身份号码（地区、日期）",
			detect.USCC: "统一社会信用代码（GB 32100）", detect.OrgCode: "组织机构代码（GB 11714）",
			detect.Mobile: "手机号码", detect.Landline: "固定电话号码", detect.BankCard: "银行卡号（发卡行、Luhn）",
			detect.Plate: "车牌号", detect.Passport: "护照号", detect.HKMTravelPermit: "往来港澳通行证号",
			detect.HomeReturnPermit: "回乡证号", detect.TWCompatriotPermit: "台胞证号",
			detect.ForeignPRID: "外国人永久居留身份证号", detect.HKID: "香港身份证号", detect.TWID: "台湾身份证号",
			detect.SocialSecurityNo: "社会保障号码（GB 11643）", detect.SocialCardNo: "社会保障卡号",
			detect.MedicalRecordNo: "病案号", detect.RegionCode: "行政区划代码（GB/T 2260）", detect.IP: "IP 地址",
			detect.MAC: "MAC 地址", detect.Email: "电子邮箱", detect.PersonNameZH: "人名", detect.AddressZH: "地址",
		},
	}
}
