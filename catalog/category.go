package catalog

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

const (
	lawSensitive = "Personal Information Protection Law (个人信息保护法), art. 28"
	lawPersonal  = "Personal Information Protection Law (个人信息保护法), art. 4"
	lawStandIn   = "Personal Information Protection Law (个人信息保护法), art. 73 (3)"
	ownPolicy    = "the domain's policy"
)

// categories are those of sensitive personal information first.
//
// GB/T 43697-2024 parts data into core, important and general; its informative annex H
// grades general data by what harm would do. None of its numbers is taken over here, and
// what is core or important is for the competent departments to say.
var categories = []Category{
	{"biometric", "生物识别", 4, lawSensitive},
	{"religious_belief", "宗教信仰", 4, lawSensitive},
	{"specific_identity", "特定身份", 4, lawSensitive},
	{"medical_health", "医疗健康", 4, lawSensitive},
	{"financial_account", "金融账户", 4, lawSensitive},
	{"whereabouts", "行踪轨迹", 4, lawSensitive},
	{"minor_under_14", "不满十四周岁未成年人的个人信息", 4, lawSensitive},
	{"personal", "一般个人信息", 3, lawPersonal},
	{"deidentified_personal", "去标识化的个人信息", 2, lawStandIn},
	{"enterprise", "企业未公开信息", 2, ownPolicy},
	{"regional_statistics", "区域级统计", 1, ownPolicy},
}

// Categories lists the presets.
func Categories() []Category { return slices.Clone(categories) }

// categoryNamed finds a preset.
func categoryNamed(name string) (Category, bool) {
	i := slices.IndexFunc(categories, func(c Category) bool { return c.Name == name })
	if i < 0 {
		return Category{}, false
	}
	return categories[i], true
}
