package category

import "slices"

// Category is a kind of content with the level that is proposed for it. Law and
// standard say which kinds there are; that a kind has this level of the four is the
// domain's policy, on the careful side, and no number of theirs.
type Category struct {
	Name   string // as descriptions write it
	Title  string
	Level  int    // 1 to 4
	Source string // of the kind, not of the number
}

// The categories by which columns are graded where nobody has described them.
const (
	Religion     = "religious_belief"
	Health       = "medical_health"
	Account      = "financial_account"
	Document     = "identity_document"
	Personal     = "personal"
	Deidentified = "deidentified_personal"
	Enterprise   = "enterprise"
)

const (
	lawSensitive = "Personal Information Protection Law (个人信息保护法), art. 28"
	lawPersonal  = "Personal Information Protection Law (个人信息保护法), art. 4"
	lawStandIn   = "Personal Information Protection Law (个人信息保护法), art. 73 (3)"
	stdSensitive = "GB/T 35273-2020, table B.1 (个人身份信息)"
	ownPolicy    = "the domain's policy"
)

// categories are those of sensitive personal information first.
//
// GB/T 43697-2024 parts data into core, important and general; its informative annex H
// grades general data by what harm would do. None of its numbers is taken over here, and
// what is core or important is for the competent departments to say.
var categories = []Category{
	{"biometric", "生物识别", 4, lawSensitive},
	{Religion, "宗教信仰", 4, lawSensitive},
	{"specific_identity", "特定身份", 4, lawSensitive},
	{Health, "医疗健康", 4, lawSensitive},
	{Account, "金融账户", 4, lawSensitive},
	{"whereabouts", "行踪轨迹", 4, lawSensitive},
	{"minor_under_14", "不满十四周岁未成年人的个人信息", 4, lawSensitive},
	{Document, "身份证件号码", 4, stdSensitive},
	{Personal, "一般个人信息", 3, lawPersonal},
	{Deidentified, "去标识化的个人信息", 2, lawStandIn},
	{Enterprise, "企业未公开信息", 2, ownPolicy},
	{"regional_statistics", "区域级统计", 1, ownPolicy},
}

// All lists the presets.
func All() []Category { return slices.Clone(categories) }

// Named finds a preset.
func Named(name string) (Category, bool) {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Name == name })
	if i < 0 {
		return Category{}, false
	}
	return categories[i], true
}
