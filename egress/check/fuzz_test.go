package check

import "testing"

// FuzzSpec parses anything. What is accepted judges a small file without a panic, and
// says of each cell what the counts say.
func FuzzSpec(f *testing.F) {
	f.Add([]byte(`{"data": "f", "preset": "acro", "operation": {"kind": "crosstab", "rows": ["a", "b"], "cols": ["c"], "values": "d", "agg": ["mean", "std"], "margins": true}}`), "1", "x", "")
	f.Add([]byte(`{"data": "f", "preset": "strict", "subject": "a", "operation": {"kind": "pivot_table", "rows": "b", "values": "d"}}`), "-2e9", "", "y")
	f.Add([]byte(`{"data": "f", "operation": {"kind": "probit", "y": "a", "x": ["b"]}}`), "", "NaN", "3")
	f.Fuzz(func(t *testing.T, b []byte, x, y, z string) {
		s, err := ParseSpec(b)
		if err != nil {
			return
		}
		d := NewData(s)
		for i := range 40 {
			row := make([]string, len(s.Columns()))
			for j := range row {
				row[j] = []string{x, y, z, "1"}[(i/(j+1)+j)%4]
			}
			if err := d.Add(row); err != nil {
				t.Fatal(err)
			}
		}
		a, err := d.Check()
		if err != nil {
			return
		}
		flagged := len(a.Findings)
		for _, c := range a.Cells {
			flagged += len(c.Findings)
			if c.Values > c.Rows || c.Subjects > c.Values || c.Rows > 40 {
				t.Fatalf("%+v", c)
			}
		}
		if (flagged == 0) != (a.Status == Pass) {
			t.Fatalf("%s with %d findings", a.Status, flagged)
		}
	})
}
