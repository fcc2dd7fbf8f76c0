package synth

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// fileSheets are the small files that are written in an unusual way, with their bytes.
func (w *writer) fileSheets() ([]*sheet, [][]byte, error) {
	var sheets []*sheet
	var bodies [][]byte
	for _, make := range []func(*city) (*sheet, []byte, error){gbk, bom, lineBreaks, cutRow, cutQuote, cutArchive} {
		s, body, err := make(w.city)
		if err != nil {
			return nil, nil, err
		}
		sheets, bodies = append(sheets, s), append(bodies, body)
	}
	return sheets, bodies, nil
}

// whole adds the case of a file that is read like any other.
func (s *sheet) whole(id, note string) {
	s.cases = append(s.cases, Case{ID: id, Kind: "file", File: s.file.Path, FoundBy: ByImport, Note: note})
}

func gbk(c *city) (*sheet, []byte, error) {
	s := newSheet(c, "cases/gbk.csv")
	s.file.Encoding = "gbk"
	s.keep(30)
	s.whole("gbk", "Chinese text in GBK; every row is kept")
	body, err := simplifiedchinese.GBK.NewEncoder().Bytes(s.csv(true))
	return s, body, err
}

func bom(c *city) (*sheet, []byte, error) {
	s := newSheet(c, "cases/bom.csv")
	s.keep(30)
	s.whole("bom", "a byte order mark before the header, which is no part of the first column's name")
	return s, append([]byte("\ufeff"), s.csv(false)...), nil
}

func lineBreaks(c *city) (*sheet, []byte, error) {
	s := newSheet(c, "cases/linebreaks.csv")
	for n, remark := range []string{"血压偏高\n建议复查", "一、正常\r\n二、\"待查\"\r\n三、复诊", "\n", "行尾\"\n\"行首", "逗号，半角,\n换行"} {
		s.plant(Case{
			ID: fmt.Sprintf("line-break-%d", n+1), Kind: "file", FoundBy: ByImport, Note: "a cell with quoted line breaks: one row, kept",
			Expect: Expect{Column: "remark", Value: remark},
		}, set(6, remark))
	}
	return s, s.csv(false), nil
}

// cutRow ends in the middle of a row.
func cutRow(c *city) (*sheet, []byte, error) {
	s := newSheet(c, "cases/cut.csv")
	s.keep(29)
	s.plant(quarantined("cut-row", "", ragged, "the file ends in the middle of its last row"), cut(4))
	return s, bytes.TrimSuffix(s.csv(false), []byte("\n")), nil
}

// cutQuote ends within quotes.
func cutQuote(c *city) (*sheet, []byte, error) {
	s := newSheet(c, "cases/cutquote.csv")
	s.keep(29)
	s.plant(quarantined("cut-quote", "", malformedQuote, "the file ends within quotes"), set(6, "血压偏高，"))
	body := s.csv(false)
	last := bytes.LastIndex(body, []byte("血压偏高，"))
	return s, append(append(body[:last:last], '"'), "血压偏高，"...), nil
}

// cutArchive is the first half of an archive. A reader that did not look at its end
// would take it for a whole file.
func cutArchive(c *city) (*sheet, []byte, error) {
	s := newSheet(c, "cases/cut.csv.gz")
	s.keep(40)
	text := s.csv(false)
	s.file = newFile(s.file.Path, s.file.Dataset)
	s.file.Compression, s.file.Refused = "gzip", true
	s.cases = []Case{{
		ID: "cut-archive", Kind: "file", File: s.file.Path, FoundBy: ByImport,
		Note: "half of an archive: refused as a whole", Expect: Expect{Refused: true},
	}}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		return nil, nil, err
	}
	if err := z.Close(); err != nil {
		return nil, nil, err
	}
	return s, b.Bytes()[:b.Len()/2], nil
}

// duplicates is a population in which two numbers stand twice: once as the same row,
// once as that of another. It is beside the large file, as no job could join it.
func (w *writer) duplicates() (*sheet, error) {
	s := newSheet(w.city, "cases/duplicates.csv")
	s.file.Dataset, s.rows = "population", [][]string{strings.Split(populationHeader, ",")}
	for _, i := range []int{40, 41, 42, 43, 44, 45, 46, 67, 41, 67} {
		p, err := w.city.person(i)
		if err != nil {
			return nil, err
		}
		row := strings.Split(string(w.city.appendPerson(nil, &p)), ",")
		if len(s.rows) == 10 {
			row[1], row[4] = "普阿依", "530428"
		}
		if row[5] == "" {
			s.file.Nulls["education"]++
		}
		if row[7] == "" {
			s.file.Nulls["employer"]++
		}
		s.rows = append(s.rows, row)
		s.people[p.id] = true
		s.file.Rows++
	}
	for n, row := range []int{9, 10} {
		s.cases = append(s.cases, Case{
			ID: fmt.Sprintf("duplicate-id-%d", n+1), Kind: "duplicate_id", File: s.file.Path, Row: int64(row),
			Where: map[string]string{"person": s.rows[row][0]}, FoundBy: ByEgress,
			Note: "a number that another row has too; it counts as one person, and a job that joins claims to it is refused, since each claim would count twice",
			Expect: Expect{Rule: manyToMany, Same: s.rows[row][0], Queries: []Query{{
				Inputs: map[string]Input{
					"claims": {"claims", []string{"person", "district", "cost"}}, "population": {"population", []string{"person", "sex"}},
				},
				Table: Table{From: "claims", Join: map[string]string{"population": "person"}, GroupBy: []string{"sex"}, Measures: claimMeasures()},
				Unit:  "person",
			}}},
		})
	}
	return s, nil
}
