package access

import (
	"fmt"
	"slices"
	"strings"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Role is what a person is in the domain.
type Role string

// The roles of the domain, with the Chinese terms of the regulations.
const (
	Provider  Role = "provider"  // 数据提供部门
	Authority Role = "authority" // 实施机构
	Processor Role = "processor" // 授权运营主体
	Operator  Role = "operator"  // 开发利用主体数据分析员
	Reviewer  Role = "reviewer"  // 出域审查员
	Security  Role = "security"  // 安全管理员
	Auditor   Role = "auditor"   // 审计管理员
	Sysadmin  Role = "sysadmin"  // 系统管理员
)

// Roles lists every role, in the order that a page shows them.
func Roles() []Role {
	return []Role{Provider, Authority, Processor, Operator, Reviewer, Security, Auditor, Sysadmin}
}

var roleTitles = map[Role]string{
	Provider: "数据提供部门", Authority: "实施机构", Processor: "授权运营主体", Operator: "开发利用主体数据分析员",
	Reviewer: "出域审查员", Security: "安全管理员", Auditor: "审计管理员", Sysadmin: "系统管理员",
}

// Title is the Chinese term of the role.
func (r Role) Title() string { return roleTitles[r] }

// ParseRole reads a role by its English name.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles(), r) {
		return r, nil
	}
	names := make([]string, 0, len(Roles()))
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return "", fault.Errorf(fault.Invalid, "%q is not a role; the roles are %s", s, strings.Join(names, ", "))
}

// Person is somebody who is registered in the domain. The name is not here: it
// is a personal detail and lies sealed.
type Person struct {
	ID     string // the short name by which commands and records call the person
	Org    string // the organisation the person belongs to
	Roles  []Role
	Key    crypto.PublicKey // verifies the person's signatures
	Frozen bool             // a frozen person may do nothing

	// Confirmed by a security officer: the system administrator registers, and
	// alone makes nobody who may do anything.
	Confirmed bool
}

// Has reports whether the person holds the role.
func (p Person) Has(r Role) bool { return slices.Contains(p.Roles, r) }

// Digest binds what the domain decides by: who, of which organisation, in which
// roles, with which key.
func (p Person) Digest() crypto.Digest {
	text := p.ID + "\x00" + p.Org + "\x00" + p.Key.String()
	for _, r := range p.Roles {
		text += "\x00" + string(r)
	}
	return crypto.Sum([]byte("yingbi person\x00" + text))
}

// separated lists pairs of roles that one person, or one organisation where so
// marked, may not hold together, each with its reason.
var separated = []struct {
	a, b   Role
	reason string
}{
	{Operator, Reviewer, "nobody reviews work of their own organisation"},
	{Operator, Provider, "who provides data does not submit jobs"},
	{Operator, Processor, "who prepares data does not build products on it (YX 24, GZ 22)"},
	{Operator, Security, "who sets the rules does not work under them"},
	{Reviewer, Processor, "who prepares data does not judge what leaves"},
	{Sysadmin, Security, "accounts, rules and trails are held by three people (三员分立)"},
	{Sysadmin, Auditor, "accounts, rules and trails are held by three people (三员分立)"},
	{Security, Auditor, "accounts, rules and trails are held by three people (三员分立)"},
	{Sysadmin, Operator, "who runs the host does not submit jobs"},
	{Sysadmin, Reviewer, "who runs the host does not approve"},
	{Sysadmin, Provider, "who runs the host does not hold data"},
	{Sysadmin, Authority, "who runs the host does not grant"},
	{Auditor, Operator, "who audits takes no part"},
	{Auditor, Reviewer, "who audits takes no part"},
	{Auditor, Provider, "who audits takes no part"},
	{Auditor, Authority, "who audits takes no part"},
	{Auditor, Processor, "who audits takes no part"},
	{Authority, Operator, "who grants does not use the grant"},
}

// CheckRegistration refuses a person whose roles contradict each other, or
// whose id is not one that a record can carry.
func CheckRegistration(p Person) error {
	if err := CheckID("person", p.ID); err != nil {
		return err
	}
	if strings.TrimSpace(p.Org) == "" {
		return fault.New(fault.Invalid, "a person needs an organisation")
	}
	if len(p.Roles) == 0 {
		return fault.New(fault.Invalid, "a person needs at least one role")
	}
	for _, pair := range separated {
		if p.Has(pair.a) && p.Has(pair.b) {
			return fault.Errorf(fault.Denied, "one person cannot be %s and %s: %s", pair.a, pair.b, pair.reason)
		}
	}
	return nil
}

// CheckID refuses an identifier that is not lower-case ASCII letters, digits,
// hyphen or underscore, at most 64 of them: ids stand in file names, records
// and addresses.
func CheckID(what, id string) error {
	if id == "" || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" || strings.Trim(id[:1], "-_") == "" {
		return fault.New(fault.Invalid, fmt.Sprintf("%q is no %s id: use a–z, 0–9, - and _, at most 64, starting with a letter or digit", id, what))
	}
	return nil
}
