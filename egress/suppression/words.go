package suppression

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
)

// readPrimary takes the cells to protect: a list, or an object with the protection
// of each.
func (s *Spec) readPrimary() error {
	raw := s.parts["primary"]
	if !present(raw) {
		return at("primary", "is missing: list the cells to withhold")
	}
	var names []string
	if raw[0] == '{' {
		fields, err := object("primary", raw)
		if err != nil {
			return err
		}
		for _, f := range fields {
			names = append(names, f.name)
		}
	} else {
		var err error
		if names, err = texts("primary", raw); err != nil {
			return err
		}
	}
	seen := map[int]bool{}
	for _, name := range names {
		i, err := s.cell("primary", name)
		if err != nil {
			return err
		}
		if !seen[i] {
			s.Problem.Primary = append(s.Problem.Primary, i)
		}
		seen[i] = true
	}
	s.Problem.Needs = make([]Need, len(s.Problem.Primary))
	return nil
}

// readProtection takes what is asked of the intervals: one protection for all primary
// cells, or one for each.
func (s *Spec) readProtection() error {
	for _, key := range []string{"protection", "primary"} {
		raw := s.parts[key]
		if !present(raw) || raw[0] == '[' {
			continue
		}
		fields, err := s.perCell(key, raw)
		if err != nil {
			return err
		}
		for i, cell := range s.Problem.Primary {
			name, of := key, raw
			if fields != nil {
				if of = fields[cell]; of == nil {
					continue
				}
				name += "." + s.Names[cell]
			}
			if s.Problem.Needs[i], err = s.needOf(name, of, s.Problem.Values[cell]); err != nil {
				return err
			}
		}
	}
	return nil
}

// perCell reads an object by cells; nil where it is one protection for all.
func (s *Spec) perCell(key string, raw json.RawMessage) (map[int]json.RawMessage, error) {
	if raw[0] != '{' {
		return nil, nil
	}
	fields, err := object(key, raw)
	if err != nil {
		return nil, err
	}
	primary := map[int]bool{}
	for _, c := range s.Problem.Primary {
		primary[c] = true
	}
	out := map[int]json.RawMessage{}
	for _, f := range fields {
		i, ok := s.index[f.name]
		if !ok && sideOf(f.name) != "" && key != "primary" {
			return nil, nil
		}
		if !primary[i] || !ok {
			return nil, at(key, "%q is no primary cell, nor one of lower, upper, width", shortened(f.name))
		}
		out[i] = f.value
	}
	return out, nil
}

// needOf reads one protection of a cell of value x: a text, a number (the width), or
// an object of lower, upper and width.
func (s *Spec) needOf(key string, raw json.RawMessage, x *big.Rat) (need Need, err error) {
	switch raw[0] {
	case '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return need, at(key, "is no text")
		}
		return s.needInWords(key, text, x)
	case '{':
		fields, err := object(key, raw)
		if err != nil {
			return need, err
		}
		for _, f := range fields {
			v, err := amount(key+"."+f.name, f.value, x)
			if err != nil {
				return need, err
			}
			if !need.set(sideOf(f.name), v) {
				return need, at(key, "%q is none of lower, upper, width", shortened(f.name))
			}
		}
		return need, nil
	}
	need.Width, err = rational(key, raw)
	return need, err
}

// sideOf gives the plain word for a side, or "". The short ones are those of sdcTable
// and τ-ARGUS: lower, upper and sliding protection level.
func sideOf(name string) string {
	switch strings.ToLower(name) {
	case "lower", "lpl":
		return "lower"
	case "upper", "upl":
		return "upper"
	case "width", "sliding", "spl":
		return "width"
	}
	return ""
}

func (n *Need) set(side string, v *big.Rat) bool {
	switch side {
	case "lower":
		n.Lower = v
	case "upper":
		n.Upper = v
	case "width":
		n.Width = v
	}
	return side != ""
}

// amount reads a number, or a text with a part of the cell's value such as "10%".
func amount(key string, raw json.RawMessage, x *big.Rat) (*big.Rat, error) {
	var text string
	if raw[0] != '"' {
		return rational(key, raw)
	}
	if json.Unmarshal(raw, &text) != nil || !strings.HasSuffix(text, "%") {
		return nil, at(key, `needs a number or a percentage such as "10%%"`)
	}
	return parsedAmount(key, strings.TrimSpace(strings.TrimSuffix(text, "%")), true, x)
}

func parsedAmount(key, text string, percent bool, x *big.Rat) (*big.Rat, error) {
	v, err := exact(key, text)
	if err == nil && percent {
		v.Mul(v, new(big.Rat).Abs(x))
		v.Quo(v, big.NewRat(100, 1))
	}
	return v, err
}

// The phrases that are understood, in lower case; a text may join several by commas,
// semicolons or "and".
const decimal = `([0-9]+(?:\.[0-9]+)?)`

func phrases() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`^(?:the )?(?:interval )?(?:must |may )?(?:not be|is not|not) (?:a |one )?(?:single )?point$|^(?:the )?(?:interval )?width ?> ?0$`),
		regexp.MustCompile(`^(?:the )?(?:interval )?(lower|upper|width|lpl|upl|spl)(?: must be)? ?(?:>=|≥|of at least|at least|:|=| ) ?` + decimal + ` ?(%?)$`),
		regexp.MustCompile(`^(?:±|\+/?-|within )? ?` + decimal + ` ?%$`),
		regexp.MustCompile(`^(?:the )?(?:interval )?(?:must )?contains? \[?` + decimal + ` ?(?:\.\.\.?|…|–|to|,) ?(t ?[-−] ?1|` + decimal + `)\]?$`),
	}
}

// needInWords reads a protection in words.
func (s *Spec) needInWords(key, text string, x *big.Rat) (need Need, err error) {
	text = strings.ReplaceAll(strings.ToLower(text), " and ", ";")
	known := s.phrases
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' }) {
		part = strings.Join(strings.Fields(part), " ")
		switch {
		case known[0].MatchString(part):
		case known[1].MatchString(part):
			m := known[1].FindStringSubmatch(part)
			v, err := parsedAmount(key, m[2], m[3] != "", x)
			if err != nil {
				return need, err
			}
			need.set(sideOf(m[1]), v)
		case known[2].MatchString(part):
			if need.Lower, err = parsedAmount(key, known[2].FindStringSubmatch(part)[1], true, x); err != nil {
				return need, err
			}
			need.Upper = need.Lower
		case known[3].MatchString(part):
			m := known[3].FindStringSubmatch(part)
			if need, err = s.containing(key, m[1], m[2], x); err != nil {
				return need, err
			}
		default:
			return need, at(key, "%q is not understood; docs/SUPPRESSION.md lists what is", shortened(part))
		}
	}
	return need, nil
}

// containing needs an interval that reaches from one number to another; t is the
// key threshold.
func (s *Spec) containing(key, from, to string, x *big.Rat) (need Need, err error) {
	first, err := exact(key, from)
	if err != nil {
		return need, err
	}
	var last *big.Rat
	if to[0] == 't' {
		if last, err = rational("threshold", s.parts["threshold"]); err == nil {
			last.Sub(last, big.NewRat(1, 1))
		}
	} else {
		last, err = exact(key, to)
	}
	if err != nil {
		return need, err
	}
	return Containing(x, first, last), nil
}
