package synth

import "fmt"

// valueSheets are the small files with wrong or unusual values.
func (w *writer) valueSheets() []*sheet {
	c := w.city
	return []*sheet{ids(c), numbers(c), nulls(c), dates(c), remarks(c)}
}

func quarantined(id, column, reason, note string) Case {
	return Case{ID: id, Kind: "bad_value", FoundBy: ByImport, Note: note, Expect: Expect{Column: column, Reason: reason}}
}

// ids: wrong check characters, other spellings of somebody's number, and none.
func ids(c *city) *sheet {
	s := newSheet(c, "cases/ids.csv")
	for n, shift := range []int{1, 5} {
		s.plant(Case{
			ID: fmt.Sprintf("bad-id-%d", n+1), Kind: "bad_id", FoundBy: ByDiscovery,
			Note: "the check character is wrong; the row is kept, as somebody of his own",
		}, func(row []string) []string {
			row[1] = wrongCheck(row[1], shift)
			return row
		})
		s.cases[n].Expect = Expect{Detector: "resident_id", Value: s.rows[len(s.rows)-1][1]}
	}
	for n, spell := range []func(string) string{fullWidth, spaced, dashed} {
		s.keep(1)
		same := s.rows[len(s.rows)-1][1]
		s.plant(Case{
			ID: fmt.Sprintf("spelt-id-%d", n+1), Kind: "full_width_id", FoundBy: ByImport,
			Note: "the number of an earlier row, spelt in another way: one person", Expect: Expect{Same: same},
		}, func(row []string) []string {
			row[1] = spell(same)
			return row
		})
	}
	for n, nobody := range []string{"", "——", "　"} {
		bad := quarantined(fmt.Sprintf("no-id-%d", n+1), "person", missingSubject, "nobody is named")
		bad.Kind = "bad_id"
		s.plant(bad, set(1, nobody))
	}
	return s
}

// readWide is a value in digits of full width, which are read as digits.
func readWide(id, column, value string) Case {
	return Case{ID: id, Kind: "full_width", FoundBy: ByImport, Note: "digits of full width", Expect: Expect{Column: column, Value: value}}
}

// numbers: digits of full width, units, thousands.
func numbers(c *city) *sheet {
	s := newSheet(c, "cases/numbers.csv")
	s.plant(readWide("full-width-number-1", "amount", "120.5"), set(4, "１２０.５０"))
	s.plant(readWide("full-width-number-2", "pulse", "72"), set(5, "７２"))
	s.plant(readWide("full-width-date", "exam_date", "2024-03-08"), set(3, "２０２４-０３-０８"))
	s.plant(quarantined("thousands", "amount", unparsable, "a comma between thousands"), set(4, "1,280.00"))
	s.plant(quarantined("unit", "amount", unparsable, "a number with its unit"), set(4, "￥300.00"))
	s.plant(quarantined("digits", "amount", "too-many-digits", "a tenth of a fen"), set(4, "120.505"))
	s.plant(quarantined("range", "amount", "out-of-range", "more digits than the type has"), set(4, "12345678901234.00"))
	return s
}

// nulls: each spelling that the description declares, and one that it does not.
func nulls(c *city) *sheet {
	s := newSheet(c, "cases/nulls.csv")
	for n, spelling := range spellings() {
		s.plant(Case{
			ID: fmt.Sprintf("null-%d", n+1), Kind: "null", FoundBy: ByImport, Note: "a spelling of null: " + fmt.Sprintf("%q", spelling),
			Expect: Expect{Nulls: []string{"amount", "pulse"}},
		}, func(row []string) []string {
			row[4], row[5] = spelling, spelling
			return row
		})
	}
	s.plant(quarantined("null-undeclared", "amount", unparsable, "a spelling of null that the description does not have"), set(4, "未填"))
	return s
}

// dates: such as no calendar has, and such as no format has.
func dates(c *city) *sheet {
	s := newSheet(c, "cases/dates.csv")
	for n, date := range []string{"2023-02-29", "2024-02-30", "2024-13-01", "2024-04-31", "2024-00-10", "2024-03-00"} {
		s.plant(quarantined(fmt.Sprintf("impossible-date-%d", n+1), "exam_date", impossibleDate, "no calendar has it"), set(3, date))
	}
	s.plant(quarantined("written-date", "exam_date", unparsable, "a date in words"), set(3, "2024年3月8日"))
	s.plant(quarantined("no-date", "exam_date", missingValue, "the description requires it"), set(3, ""))
	for n, date := range []string{"2024/03/08", "20240308"} {
		s.plant(Case{
			ID: fmt.Sprintf("other-date-%d", n+1), Kind: "date", FoundBy: ByImport, Note: "another way to write a date, which is read",
			Expect: Expect{Column: "exam_date", Value: "2024-03-08"},
		}, set(3, date))
	}
	return s
}

// remarks: identifiers in the middle of prose. The mobile number is one that never
// was a subscriber's.
func remarks(c *city) *sheet {
	const mobile = "13800138000"
	s := newSheet(c, "cases/remarks.csv")
	var hidden []string
	for n, text := range []string{"家属身份证号%s，请电话联系", "本人证件 %s（已核对）；体检正常", "手机：%s，下午可接听", "联系电话%s转告家属取报告"} {
		detector, value := "mobile", mobile
		if n < 2 {
			s.keep(1)
			detector, value = "resident_id", s.rows[len(s.rows)-1][1]
		}
		hidden = append(hidden, value)
		s.plant(Case{
			ID: fmt.Sprintf("id-in-text-%d", n+1), Kind: "id_in_text", FoundBy: ByDiscovery,
			Note: "an identifier in the middle of prose", Expect: Expect{Detector: detector, Value: value},
		}, set(6, fmt.Sprintf(text, value)))
	}
	s.keep(4)
	s.cases = append(s.cases, Case{
		ID: "remarks-dropped", Kind: "id_in_text", File: s.file.Path, FoundBy: ByMasking,
		Note: "a column of prose without a rule is dropped", Expect: Expect{Policy: "checkups-statistics", Absent: hidden},
	})
	return s
}

// wrongCheck gives a number with another check character, a digit.
func wrongCheck(id string, shift int) string {
	last := id[len(id)-1]
	if last == 'X' {
		last = '9'
	}
	return id[:len(id)-1] + string('0'+(last-'0'+byte(shift))%10)
}

func fullWidth(id string) string {
	var out []rune
	for _, r := range id {
		out = append(out, r-'0'+'０')
	}
	return string(out)
}

func spaced(id string) string { return id[:6] + " " + id[6:14] + "　" + id[14:] }

func dashed(id string) string { return id[:6] + "-" + id[6:14] + "–" + id[14:] }
