package detect

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
)

// Real data without identifiers of people: how many values fire by mistake, in all
// columns of a file but those that are meant to hold codes of regions.
func TestFalseAlarms(t *testing.T) {
	for _, f := range []struct {
		name   string
		comma  rune
		least  int             // cells
		most   map[string]int  // hits by type
		meant  map[string]bool // columns of region codes
		sample int             // every nth row
	}{
		{"cn_villages.csv.gz", ',', 350_000, map[string]int{"address_zh": 3}, map[string]bool{"code": true, "streetCode": true, "areaCode": true}, 10},
		{"cn_streets.csv", ',', 200_000, map[string]int{"person_name_zh": 8}, map[string]bool{"code": true, "areaCode": true}, 1},
		{"cn_areas.csv", ',', 11_000, map[string]int{"person_name_zh": 3}, map[string]bool{"code": true}, 1},
		{"adult.csv", ';', 270_000, nil, nil, 1},
		{"acro/test_data.csv", ',', 40_000, nil, nil, 1},
		{"acro/nursery.csv", ',', 110_000, nil, nil, 1},
		{"nycflights13_weather.csv", ',', 390_000, nil, nil, 1},
		{"nycflights13_planes.csv", ',', 29_000, nil, nil, 1},
	} {
		var in io.Reader = bytes.NewReader(sharedFile(t, "data/"+f.name))
		if strings.HasSuffix(f.name, ".gz") {
			unpacked, err := gzip.NewReader(in)
			if err != nil {
				t.Fatal(err)
			}
			in = unpacked
		}
		cells, fired := countHits(t, in, f.comma, f.meant, f.sample)
		for of, n := range fired {
			if n > f.most[of] {
				t.Errorf("%s: %d of %d cells fire for %s", f.name, n, cells, of)
			}
		}
		if cells < f.least {
			t.Errorf("%s has only %d cells", f.name, cells)
		}
	}
}

func countHits(t *testing.T, in io.Reader, comma rune, meant map[string]bool, sample int) (cells int, fired map[string]int) {
	r := csv.NewReader(in)
	r.Comma, r.ReuseRecord = comma, true
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	header := append([]string(nil), head...)
	fired = map[string]int{}
	var room [16]Hit
	for row := 0; ; row++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return cells, fired
		}
		if err != nil {
			t.Fatal(err)
		}
		if row%sample != 0 {
			continue
		}
		for i, value := range record {
			cells++
			for _, h := range detector().Value(room[:0], []byte(value)) {
				if h.Confidence >= Fires && !(meant[header[i]] && h.Type == RegionCode) {
					fired[h.Type.String()]++
				}
			}
		}
	}
}
