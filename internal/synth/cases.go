package synth

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tell completes the truth about the large files and what is planted in them.
func (w *writer) tell() error {
	t := &w.truth
	for i, d := range w.city.districts {
		total := w.tally.districts[i]
		total.Code, total.Name = d.code, d.name
		t.Districts = append(t.Districts, total)
	}
	if err := w.tellPeople(); err != nil {
		return err
	}
	w.tellFirms()
	w.tellFiles()
	return nil
}

// headers are of the large files.
func headers() map[string]string {
	return map[string]string{
		PopulationFile: populationHeader, ClaimsFile: claimsHeader,
		ElectricityFile: electricityHeader, EnterprisesFile: enterprisesHeader,
	}
}

func (w *writer) tellFiles() {
	t := w.tally
	firms := int64(len(w.city.codes))
	nulls := map[string]int64{"education": t.schoolless, "employer": t.idle}
	w.tellFile(PopulationFile, "population", t.rows[population], nulls, map[string]int64{"person": t.rows[population]})
	w.tellFile(ClaimsFile, "claims", t.rows[claims], nil, map[string]int64{"person": t.patients})
	nulls = map[string]int64{"kwh": t.unread, "fee": t.unread}
	w.tellFile(ElectricityFile, "electricity", t.rows[electricity], nulls, map[string]int64{"household": t.households, "person": t.households})
	w.tellFile(EnterprisesFile, "enterprises", firms, nil, map[string]int64{"enterprise": firms})
}

// tellFile tells of a large file and of its rows that must be quarantined.
func (w *writer) tellFile(path, dataset string, rows int64, nulls, subjects map[string]int64) {
	f := newFile(path, dataset)
	f.Rows, f.Subjects = rows, subjects
	maps.Copy(f.Nulls, nulls)
	header := strings.Split(headers()[path], ",")
	n := 0
	for _, s := range w.spoilt {
		if s.file != path {
			continue
		}
		n++
		f.reject(s.column, s.reason)
		at := max(0, slices.Index(header, s.column))
		w.add(Case{
			ID: fmt.Sprintf("bad-%s-%d", dataset, n), Kind: "bad_row", File: path, Row: s.row, Where: map[string]string{header[at]: s.cells[at]},
			Note: "a row that cannot be kept", FoundBy: ByImport, Expect: Expect{Column: s.column, Reason: s.reason},
		})
	}
	w.truth.Files = append(w.truth.Files, f)
}

// tellPeople tells what hangs on people, who are made again for it.
func (w *writer) tellPeople() error {
	for _, plan := range plants() {
		p, err := w.city.person(plan.person)
		if err != nil {
			return err
		}
		visits := w.city.claims(nil, plan.person, &p)[:plan.rows]
		switch {
		case plan.chief:
			w.tellChief(&p, visits[0])
		case plan.before == everybody:
			w.truth.addToCell(plan, &p, visits)
		case plan.before == beforePair:
			w.tellPair(&p)
		case plan.power:
			if err := w.tellPower(plan, &p); err != nil {
				return err
			}
		default:
			w.tellOldest(&p)
		}
	}
	for i, cell := range w.truth.Cells {
		w.add(Case{
			ID: fmt.Sprintf("small-cell-%d", i+1), Kind: "small_cell", File: ClaimsFile,
			Where:   map[string]string{"district": cell.District, "icd_chapter": cell.Chapter},
			Note:    fmt.Sprintf("%d rows of %d people: counting rows would let it through", cell.Rows, len(cell.People)),
			FoundBy: ByEgress, Expect: Expect{Rule: minimumSubjects, Queries: []Query{{
				Inputs: claimsAlone(),
				Table:  Table{From: "claims", GroupBy: []string{"district", "icd_chapter"}, Measures: claimMeasures()},
				Cell:   map[string]string{"district": cell.District, "icd_chapter": cell.Chapter},
				Unit:   "person", Subjects: int64(len(cell.People)), Rows: int64(cell.Rows), Sum: cell.Cost,
			}}},
		})
	}
	return nil
}

// addToCell records claims of a cell that has no others.
func (t *Truth) addToCell(plan plant, p *person, visits []claim) {
	last := len(t.Cells) - 1
	if last < 0 || t.Cells[last].District != plan.district {
		t.Cells = append(t.Cells, Cell{District: plan.district, Chapter: plan.chapter})
		last++
	}
	cell := &t.Cells[last]
	cell.People = append(cell.People, p.id)
	cell.Rows += len(visits)
	for _, v := range visits {
		cell.Cost += v.cost
	}
}

// add takes a case that is covered, unless it says otherwise.
func (w *writer) add(c Case) {
	c.Covered = now
	if c.Later != "" {
		c.Covered = later
	}
	w.truth.Cases = append(w.truth.Cases, c)
}
