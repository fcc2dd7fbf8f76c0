package synth

import (
	"slices"
	"strconv"
	"testing"
)

// The city looks like one: the figures are those of no place, but of that order.
func TestShape(t *testing.T) {
	dir, truth := makeCity(t, 20_000, 11)
	people := readRows(t, dir, fileOf(t, truth, PopulationFile)).good
	within := func(what string, got, low, high float64) {
		t.Helper()
		if got < low || got > high {
			t.Errorf("%s: %.3f, not between %.2f and %.2f", what, got, low, high)
		}
	}
	births := map[string]string{}
	var children, old, men, local float64
	homes := map[string]bool{}
	for _, p := range people {
		births[p["person"]] = p["birth"]
		homes[p["household"]] = true
		children += share(p["birth"] >= "2010")
		old += share(p["birth"] < "1960")
		men += share(p["sex"] == "男")
		local += share(p["person"][:6] == p["district"])
	}
	n := float64(len(people))
	within("children", children/n, 0.13, 0.20)
	within("65 and older", old/n, 0.10, 0.16)
	within("men", men/n, 0.50, 0.53)
	within("born where they live", local/n, 0.75, 0.9)
	within("people of a household", n/float64(len(homes)), 2.4, 2.8)

	var young, aged, tumours, colds []float64
	patients, winter := map[string]int{}, 0.0
	claims := readRows(t, dir, fileOf(t, truth, ClaimsFile)).good
	for _, v := range claims {
		cost, err := strconv.ParseFloat(v["cost"], 64)
		if err != nil {
			t.Fatal(err)
		}
		patients[v["person"]]++
		winter += share(v["visit_date"] < "2024-03" || v["visit_date"] >= "2024-11")
		switch {
		case v["icd_chapter"] == "II":
			tumours = append(tumours, cost)
		case v["icd_chapter"] == "X":
			colds = append(colds, cost)
		case v["icd_chapter"] == "IX" && births[v["person"]] >= "1990":
			young = append(young, cost)
		case v["icd_chapter"] == "IX" && births[v["person"]] < "1950":
			aged = append(aged, cost)
		}
	}
	within("claims a person", float64(len(claims))/n, 5.7, 6.3)
	within("people without claims", 1-float64(len(patients))/n, 0.08, 0.2)
	within("visits in winter", winter/float64(len(claims)), 0.33, 0.45)
	within("the old pay more", median(aged)/median(young), 1.3, 3)
	within("tumours cost more", median(tumours)/median(colds), 10, 25)
	within("mean over median of a log-normal distribution", mean(colds)/median(colds), 1.3, 1.7)

	var revenues []float64
	c, err := newCity(11, 2_000_000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.codes {
		if _, _, planted, _ := plantedFirm(i); planted == 0 {
			e := c.enterprise(i)
			revenues = append(revenues, float64(e.revenue))
			if e.revenue < minRevenue || e.revenue > maxRevenue {
				t.Fatalf("enterprise %d has a revenue of %s", i, e.revenue)
			}
		}
	}
	slices.Sort(revenues)
	last := len(revenues)
	within("firms of twice the revenue are half as many", revenues[last*3/4]/revenues[last/2], 1.8, 2.2)
	within("the first tenth of the firms", sum(revenues[last*9/10:])/sum(revenues), 0.45, 0.6)

	power := map[string][]float64{}
	for _, r := range readRows(t, dir, fileOf(t, truth, ElectricityFile)).good {
		if kwh, err := strconv.ParseFloat(r["kwh"], 64); err == nil && kwh < muchPower/100 {
			power[r["district"][:6]+r["month"]] = append(power[r["district"][:6]+r["month"]], kwh)
		}
	}
	within("winter in 红塔", mean(power["5304022024-01-01"])/mean(power["5304022024-04-01"]), 1.2, 1.4)
	within("summer in 元江", mean(power["5304282024-07-01"])/mean(power["5304282024-03-01"]), 1.4, 1.65)
	within("a mild month", median(power["5304022024-04-01"]), 90, 200)
}

func share(b bool) float64 { return float64(boolInt(b)) }

func sum(v []float64) (s float64) {
	for _, x := range v {
		s += x
	}
	return s
}

func mean(v []float64) float64 { return sum(v) / float64(len(v)) }

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
