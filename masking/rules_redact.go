package masking

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// The rule redact: identifiers that are found in a text give way to the name of their
// type.

func compileRedact(r *rule, in Column, s scope) (transform, coltype.Type, error) {
	if in.Type.Kind != coltype.Text {
		return nil, text, r.misfit(in, "text")
	}
	return func(a arrow.Array) (arrow.Array, error) {
		values, detector := a.(*array.String), s.detector()
		var plain []byte
		var spans []detect.Span
		return toTexts(a, 64, func(to []byte, i int) ([]byte, bool) {
			plain = append(plain[:0], values.Value(i)...)
			spans = detector.Find(spans[:0], plain)
			return appendRedacted(to, plain, spans), true
		}), nil
	}, text, nil
}

func appendRedacted(to, plain []byte, spans []detect.Span) []byte {
	at := 0
	for _, s := range spans {
		to = append(append(append(append(to, plain[at:s.Start]...), "［"...), typeName(s.Type)...), "］"...)
		at = s.End
	}
	return append(to, plain[at:]...)
}

// typeName is what a reader of a redacted text sees.
func typeName(t detect.Type) string {
	switch t {
	case detect.ResidentID, detect.ResidentID15:
		return "身份证号"
	case detect.USCC:
		return "统一社会信用代码"
	case detect.OrgCode:
		return "组织机构代码"
	case detect.Mobile:
		return "手机号"
	case detect.Landline:
		return "电话号码"
	case detect.BankCard:
		return "银行卡号"
	case detect.Plate:
		return "车牌号"
	case detect.Passport:
		return "护照号"
	case detect.HKMTravelPermit:
		return "港澳通行证号"
	case detect.HomeReturnPermit:
		return "回乡证号"
	case detect.TWCompatriotPermit:
		return "台胞证号"
	case detect.ForeignPRID:
		return "永久居留证号"
	case detect.HKID:
		return "香港身份证号"
	case detect.TWID:
		return "台湾身份证号"
	case detect.SocialSecurityNo:
		return "社保号"
	case detect.SocialCardNo:
		return "社保卡号"
	case detect.MedicalRecordNo:
		return "病历号"
	case detect.RegionCode:
		return "区划代码"
	case detect.IP:
		return "IP地址"
	case detect.MAC:
		return "MAC地址"
	case detect.Email:
		return "电子邮箱"
	case detect.PersonNameZH:
		return "姓名"
	case detect.AddressZH:
		return "地址"
	}
	return "标识"
}
