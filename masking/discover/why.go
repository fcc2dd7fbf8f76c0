package discover

import (
	"fmt"
	"strconv"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// why is a sentence with the numbers behind a verdict. It holds no value.
func (f *Finding) why(w wording) string {
	j := f.judge
	if j.rows.values == 0 {
		return w.empty
	}
	var parts []string
	if t, ok := f.holds(); ok {
		parts = append(parts, j.because(w, t))
		var names []string
		for _, m := range f.held() {
			if m.Type != t.Type {
				names = append(names, fmt.Sprintf("%s %s", m.Type, percent(m.Share)))
			}
		}
		if len(names) > 0 {
			parts = append(parts, fmt.Sprintf(w.also, strings.Join(names, w.comma)))
		}
	} else if j.hinted {
		parts = append(parts, j.unfulfilled(w))
	}
	if masked := j.rows.traits[bit(isMasked)]; masked > 0 {
		parts = append(parts, fmt.Sprintf(w.masked, group(masked)))
	}
	if m := f.about; m.matter != nothing {
		name := m.english
		if w.chinese {
			name = m.chinese
		}
		parts = append(parts, fmt.Sprintf(map[bool]string{true: w.quasi, false: w.about}[f.Quasi], name))
	}
	if len(parts) == 0 {
		parts = append(parts, fmt.Sprintf(w.none, group(j.rows.values)))
	}
	parts = append(parts, f.different(w))
	return strings.Join(parts, w.semicolon)
}

// because says why a type is held.
func (j *judge) because(w wording, t TypeShare) string {
	what := w.types[t.Type]
	n := group(int64(t.Share*float64(j.rows.values) + 0.5))
	if t.inside {
		return fmt.Sprintf(w.inside, n, group(j.rows.values), what)
	}
	switch t.Type {
	case detect.PersonNameZH, detect.AddressZH:
		return fmt.Sprintf(w.whole, n, group(j.rows.values), what) + w.hint(j.prior[t.Type])
	case detect.MedicalRecordNo, detect.SocialCardNo, detect.TWCompatriotPermit:
		return fmt.Sprintf(w.header, what, percent(t.Share))
	}
	of := t.Type
	if of == detect.SocialSecurityNo {
		of = detect.ResidentID
	}
	out := fmt.Sprintf(w.value, n, group(j.rows.values), what, strconv.FormatFloat(j.detector.Chance(of), 'g', 2, 64))
	if near := j.rows.parted[of]; near > 0 {
		out += fmt.Sprintf(w.failed, group(near))
	}
	return out + w.hint(j.prior[t.Type])
}

// unfulfilled says that a header promises what the values do not hold.
func (j *judge) unfulfilled(w wording) string {
	best := detect.Type(1)
	for _, t := range detect.Types() {
		if j.prior[t] > j.prior[best] {
			best = t
		}
	}
	return fmt.Sprintf(w.promised, best, group(j.rows.fires[best]), group(j.rows.values))
}

// different says how many values there are.
func (f *Finding) different(w wording) string {
	j := f.judge
	number := group(int64(j.distinct))
	if !j.exact {
		number = w.around + number
	}
	kind := f.kind
	if kind.Kind == coltype.Decimal {
		return fmt.Sprintf(w.different, number, group(f.nulls), "decimal")
	}
	return fmt.Sprintf(w.different, number, group(f.nulls), kind)
}

func percent(share float64) string {
	switch {
	case share < 0.001:
		return "<0.1%"
	case share < 0.1:
		return strconv.FormatFloat(100*share, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(100*share, 'f', 0, 64) + "%"
}

// group writes a number with commas between its thousands.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
