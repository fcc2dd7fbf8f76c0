package synth

import "fmt"

// Rules of egress and of the manifest, as they spell them.
const (
	minimumSubjects = "minimum_subjects"
	dominance       = "dominance"
	zeroCell        = "zero_cell"
	manyToMany      = "many_to_many"
	differencing    = "differencing" // a warning of egress
)

const crossRelease = "the cross-release audit: two jobs whose cells differ by fewer subjects than the minimum"

func claimsAlone() map[string]Input {
	return map[string]Input{"claims": {"claims", []string{"person", "district", "icd_chapter", "cost"}}}
}

func claimsAndBirths() map[string]Input {
	in := claimsAlone()
	in["population"] = Input{"population", []string{"person", "birth"}}
	return in
}

func claimMeasures() map[string]string {
	return map[string]string{"people": "subjects()", "visits": "count()", "cost": "sum(cost)"}
}

func (w *writer) tellChief(p *person, v claim) {
	c := w.city
	d := c.districts[v.district]
	chief := Chief{p.id, p.name, p.occupation, p.birth(), d.code, d.hospitals[v.hospital], c.chapters[v.chapter].code, c.dates[v.date], v.cost}
	w.truth.Chief = chief
	where := map[string]string{"person": chief.ID, "icd_chapter": chief.Chapter, "cost": chief.Cost.String()}
	cell := fmt.Sprintf("claims.district = '%s' and icd_chapter = '%s' and year(birth) < %d", chief.District, chief.Chapter, beforeChief)
	w.add(Case{
		ID: "chief-bill", Kind: "unique_person", File: ClaimsFile, Where: where, FoundBy: ByEgress,
		Note: "the only claim of its chapter in the district by anyone of 80 and more",
		Expect: Expect{Rule: minimumSubjects, Queries: []Query{{
			Inputs: claimsAndBirths(), Table: Table{From: "claims", Join: map[string]string{"population": "person"}, Where: cell, Measures: claimMeasures()},
			Unit: "person", Subjects: 1, Rows: 1, Sum: chief.Cost,
		}}},
	})
	w.add(Case{
		ID: "chief-bill-capped", Kind: "unique_person", File: ClaimsFile, Where: where, FoundBy: ByMasking,
		Note: "the largest bill of the city; the policy caps amounts at 200,000 yuan, so that no filter finds it",
		Expect: Expect{Policy: "claims-statistics", Absent: []string{chief.Cost.String()}, Rule: zeroCell, Queries: []Query{{
			Inputs: claimsAlone(), Table: Table{From: "claims", Where: "cost > 200000", Measures: claimMeasures()}, Unit: "person",
		}}},
	})
	w.add(Case{
		ID: "chief-name", Kind: "unique_person", File: PopulationFile, Where: map[string]string{"person": chief.ID}, FoundBy: ByMasking,
		Note:   "nobody else has this name or this occupation; the policy drops both, and his number",
		Expect: Expect{Policy: "population-statistics", Absent: []string{chief.ID, chief.Name, chief.Occupation}},
	})
}

func (w *writer) tellOldest(p *person) {
	w.add(Case{
		ID: "oldest", Kind: "unique_person", File: PopulationFile, Where: map[string]string{"person": p.id, "birth": p.birth()}, FoundBy: ByEgress,
		Note: "the only person of more than a hundred years",
		Expect: Expect{Rule: minimumSubjects, Queries: []Query{{
			Inputs: map[string]Input{"population": {"population", []string{"birth", "district"}}},
			Table: Table{
				From: "population", Where: fmt.Sprintf("year(birth) < %d", beforeAll), GroupBy: []string{"district"},
				Measures: map[string]string{"people": "subjects()"},
			},
			Cell: map[string]string{"district": w.city.districts[p.district].code}, Unit: "person", Subjects: 1, Rows: 1,
		}}},
	})
}

// tellPair tells of two groups of patients that differ by p.
func (w *writer) tellPair(p *person) {
	all := fmt.Sprintf("claims.district = '%s' and icd_chapter = '%s'", pairDistrict, pairChapter)
	queries := make([]Query, 2)
	for i, where := range []string{all, fmt.Sprintf("%s and year(birth) >= %d", all, beforePair)} {
		g := w.tally.pair[i]
		queries[i] = Query{
			Inputs: claimsAndBirths(), Table: Table{From: "claims", Join: map[string]string{"population": "person"}, Where: where, Measures: claimMeasures()},
			Unit: "person", Subjects: g.subjects, Rows: g.rows, Sum: g.sum,
		}
	}
	w.addPair("pair-people", ClaimsFile, map[string]string{"person": p.id, "icd_chapter": pairChapter}, "patients", queries)
}

// addPair tells of a pair twice: as two tables of a job, and as two jobs.
func (w *writer) addPair(id, file string, where map[string]string, of string, queries []Query) {
	pair := Case{
		ID: id, Kind: "differencing_pair", File: file, Where: where, FoundBy: ByEgress,
		Note:   "two groups of " + of + " that differ by this one, as two tables of one job; the report warns of them",
		Expect: Expect{Rule: differencing, Differ: 1, Queries: queries},
	}
	w.add(pair)
	pair.ID, pair.Later = id+"-across", crossRelease
	pair.Note = "two groups of " + of + " that differ by this one, as two jobs"
	w.add(pair)
}

// tellPower tells of the household that needs more than any other.
func (w *writer) tellPower(plan plant, p *person) error {
	c := w.city
	head, err := c.person(p.household)
	if err != nil {
		return err
	}
	fees := Money(0)
	year := c.readings(p.household, c.seat(p.household).size, head.district)
	for _, r := range year {
		fees += r.fee
	}
	household := string(appendHousehold(nil, p.household))
	w.add(Case{
		ID: "power-hungry", Kind: "unique_household", File: ElectricityFile, Where: map[string]string{"household": household}, FoundBy: ByEgress,
		Note: "the only household above the threshold, in every month",
		Expect: Expect{Rule: minimumSubjects, Queries: []Query{{
			Inputs: map[string]Input{"electricity": {"electricity", []string{"household", "district", "kwh", "fee"}}},
			Table: Table{
				From: "electricity", Where: fmt.Sprintf("kwh >= %d", muchPower/100), GroupBy: []string{"district"},
				Measures: map[string]string{"households": "subjects(household)", "months": "count()", "fee": "sum(fee)"},
			},
			Cell: map[string]string{"district": plan.district}, Unit: "household", Subjects: 1, Rows: int64(len(year)), Sum: fees,
		}}},
	})
	return nil
}
