package detect

// Type is a kind of identifier. Zero is none.
type Type uint8

// The types, in the order in which Types gives them.
const (
	ResidentID Type = iota + 1
	ResidentID15
	USCC
	OrgCode
	Mobile
	Landline
	BankCard
	Plate
	Passport
	HKMTravelPermit
	HomeReturnPermit
	TWCompatriotPermit
	ForeignPRID
	HKID
	TWID
	SocialSecurityNo
	SocialCardNo
	MedicalRecordNo
	RegionCode
	IP
	MAC
	Email
	PersonNameZH
	AddressZH
	numTypes = int(AddressZH)
)

var names = [numTypes + 1]string{
	ResidentID: "resident_id", ResidentID15: "resident_id_15", USCC: "uscc", OrgCode: "org_code",
	Mobile: "mobile", Landline: "landline", BankCard: "bank_card", Plate: "plate", Passport: "passport",
	HKMTravelPermit: "hkm_travel_permit", HomeReturnPermit: "home_return_permit", TWCompatriotPermit: "tw_compatriot_permit",
	ForeignPRID: "foreign_pr_id", HKID: "hkid", TWID: "tw_id", SocialSecurityNo: "social_security_no",
	SocialCardNo: "social_card_no", MedicalRecordNo: "medical_record_no", RegionCode: "region_code",
	IP: "ip", MAC: "mac", Email: "email", PersonNameZH: "person_name_zh", AddressZH: "address_zh",
}

// Types gives all types.
func Types() []Type {
	all := make([]Type, numTypes)
	for i := range all {
		all[i] = Type(i + 1)
	}
	return all
}

// String gives the name by which policies and reports know the type, such as
// "resident_id".
func (t Type) String() string {
	if int(t) > numTypes {
		return ""
	}
	return names[t]
}

// MarshalText gives the name to JSON and YAML.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// ParseType finds a type by its name.
func ParseType(name string) (Type, bool) {
	for i, n := range names {
		if i > 0 && n == name {
			return Type(i), true
		}
	}
	return 0, false
}

// Direct reports whether a value of the type identifies or reaches one person by
// itself. Organisations, regions and addresses of machines do not; they are
// quasi-identifiers at most.
func (t Type) Direct() bool {
	switch t {
	case USCC, OrgCode, RegionCode, IP, MAC:
		return false
	}
	return t > 0 && int(t) <= numTypes
}

// Fires is the confidence from which a value counts as one of the type.
const Fires = 0.5

// Hit says that a value may be of a type, with a confidence between 0 and 1.
type Hit struct {
	Type       Type
	Confidence float64
}

// Span is an identifier inside a text: text[Start:End], in bytes.
type Span struct {
	Start, End int
	Type       Type
	Confidence float64
}
