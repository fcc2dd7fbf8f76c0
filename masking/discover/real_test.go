package discover_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yingbi/masking/discover"
)

// TestRealData counts false alarms over public data, none of which identifies a person.
// docs/DISCOVERY.md states the same figures.
func TestRealData(t *testing.T) {
	const data = "../../../shared/data"
	if _, err := os.Stat(data); err != nil {
		t.Skip("../shared/data is not here: the test over real data needs it")
	}
	acro, err := filepath.Glob(data + "/acro/*.csv")
	if err != nil || len(acro) < 40 {
		t.Fatalf("%d tables, %v", len(acro), err)
	}
	columns, quasi, wrong := 0, 0, 0
	count := func(path string, r *discover.Report, want map[string]string) {
		columns += len(r.Columns)
		wrong += falseAlarms(t, path, r, want)
		for _, f := range r.Columns {
			if f.Quasi {
				quasi++
			}
		}
	}
	for path, want := range map[string]map[string]string{
		"adult.csv": {}, "nycflights13_planes.csv": {}, "nycflights13_weather.csv": {},
		"cn_areas.csv": {"code": "region_code"}, "cn_streets.csv": {"code": "region_code", "areaCode": "region_code"},
		"cn_villages.csv.gz": {"code": "region_code", "streetCode": "region_code", "areaCode": "region_code"},
	} {
		comma := ','
		if path == "adult.csv" {
			comma = ';'
		}
		var in io.Reader = open(t, filepath.Join(data, path))
		if strings.HasSuffix(path, ".gz") {
			if testing.Short() {
				continue
			}
			if in, err = gzip.NewReader(in); err != nil {
				t.Fatal(err)
			}
		}
		r := read(t, in, comma)
		if path == "adult.csv" {
			for _, f := range r.Columns {
				if f.Quasi != (f.Name != "salary-class") {
					t.Errorf("adult: %s: quasi-identifier %v", f.Name, f.Quasi)
				}
			}
		}
		count(path, r, want)
	}
	for _, path := range acro {
		count(path, read(t, open(t, path), ','), nil)
	}
	t.Logf("%d columns, %d quasi-identifiers, %d false alarms", columns, quasi, wrong)
	if wrong > 0 {
		t.Errorf("%d false alarms, at most 0", wrong)
	}
}
