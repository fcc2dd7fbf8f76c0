package masking

import (
	"strings"

	"yingbi/internal/fault"
	"yingbi/masking/detect"
)

// readable says what would stay readable under the rule; nil where nothing would that
// must not.
func (r *rule) readable(def definition, in Column) error {
	switch {
	case def.hides:
		return nil
	case in.Subject != "":
		return fault.At(r.place, "column %s identifies a subject of kind %s and would stay readable under %s; use %s", in.Name, in.Subject, r.name, hidingRules())
	case !in.Identifier.Direct():
		return nil
	case def.shows == nil:
		return fault.At(r.place, "column %s holds %s, which identifies a person, and would stay readable under %s; use %s", in.Name, in.Identifier, r.name, hidingRules())
	}
	if shown, most := def.shows(r), mostShown(in.Identifier); shown > most {
		return fault.At(r.place, "column %s holds %s, which identifies a person, and %s would show %d characters of it; at most %d may be shown, or use %s",
			in.Name, in.Identifier, r.name, shown, most, hidingRules())
	}
	return nil
}

// hidingRules names the rules that leave nothing readable.
func hidingRules() string {
	var names []string
	for _, d := range definitions() {
		if d.hides {
			names = append(names, d.name)
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// mostShown is how many characters of a direct identifier a policy may show. What they
// leave open is shared by thousands at least, where the numbers are dense: a region of
// a resident number, an issuer of a card, the end of a telephone number, a family
// name, a province and a city.
func mostShown(t detect.Type) int {
	switch t {
	case detect.PersonNameZH:
		return 1
	case detect.ResidentID, detect.ResidentID15, detect.BankCard, detect.AddressZH:
		return 6
	case detect.Mobile, detect.Landline:
		return 4
	default: // of eight characters and fewer, many
		return 2
	}
}
