//go:build linux && cgo

package author_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"yingbi/author"
	"yingbi/internal/fault"
)

// TestMapping shows a mapping two tables, in which the same subjects are written as
// numbers and as text, out of order, and in part not at all.
func TestMapping(t *testing.T) {
	c := newChecks(t)
	d := load(t, c, map[string]string{
		"a.csv": "who,n,note\n7,1,x\n30,2,\n7,3,\n,9,nobody\n5,4,y\n7,5,z\n",
		"b.csv": "x,who\n1.5,30\n2.5,甲\n3.5,30\n4.5,5\n,\n",
	})
	got, err := c.Run(t.Context(), author.Trial{Module: compiledC(t, "maps"), Data: d, Time: ample, Memory: 64 << 20, By: "who"})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"name":"records","columns":["who","field_0","field_2","field_3","field_5","field_30","field_31","failed"],` +
		`"types":["text","integer","integer","integer","integer","integer","integer","boolean"],"rows":[` +
		`["7",2,2,135,0,-9223372036854775808,9223372036854775807,false],` +
		`["30",null,null,null,null,null,null,true],` +
		`["5",2,2,4,1,null,null,false],` +
		`["甲",2,2,0,1,null,null,false]]}]`
	if text(t, got.Items) != want || got.Verdict != (author.Verdict{Outcome: author.OK}) || !strings.Contains(got.Log, "[host]") {
		t.Errorf("%s\nwant %s\n%+v %s", text(t, got.Items), want, got.Verdict, got.Log)
	}
	want = `[{"name":"a","rows":5,"left_out":0,"columns":["n","note"],"nobody":1},{"name":"b","rows":4,"left_out":0,"columns":["x"],"nobody":1}]`
	if text(t, got.Tables) != want || d.Tables[0].Rows != 6 {
		t.Errorf("%s\nwant %s; the data itself: %+v", text(t, got.Tables), want, d.Tables)
	}
}

// TestMappingOfManyRows groups more rows than a batch has, in a drawn order: the
// digits that each subject's rows make show that none is lost, added or moved.
func TestMappingOfManyRows(t *testing.T) {
	const rows, subjects = 70_000, 7000
	c, r := newChecks(t), rand.New(rand.NewPCG(1, 2))
	var file strings.Builder
	file.WriteString("who,n\n")
	want := map[string]int64{}
	for range rows {
		who, n := fmt.Sprint("p", r.IntN(subjects)), r.Int64N(10)
		want[who] = want[who]*10 + n // modulo 2⁶⁴, as in the module
		fmt.Fprintf(&file, "%s,%d\n", who, n)
	}
	d := load(t, c, map[string]string{"a.csv": file.String(), "b.csv": "who,x\np0,1\n"})
	got, err := c.Run(t.Context(), author.Trial{Module: compiledC(t, "maps"), Data: d, Time: ample, Memory: 64 << 20, By: "who"})
	if err != nil || got.Outcome != author.OK || len(got.Items[0].Rows.Rows) != len(want) {
		t.Fatalf("%+v, %v", got.Verdict, err)
	}
	for _, row := range got.Items[0].Rows.Rows {
		if row[3] != want[row[0].(string)] {
			t.Fatalf("%v; want %d", row, want[row[0].(string)])
		}
	}
}

func TestMappingRefuses(t *testing.T) {
	c := newChecks(t)
	for name, k := range map[string]struct {
		module []byte
		files  map[string]string
		by     string
		want   string
	}{
		"a job":              {triesBytes(t), map[string]string{"a.csv": "who,n\n1,2\n"}, "who", "no yb_map"},
		"no table":           {example(t, "readmission"), nil, "who", "a folder with a table"},
		"one table without":  {example(t, "readmission"), map[string]string{"a.csv": "who,n\n1,2\n", "b.csv": "Who,n\n1,2\n"}, "who", `table "b" has no column "who"`},
		"nothing beside":     {example(t, "readmission"), map[string]string{"a.csv": "who,n\n1,2\n", "b.csv": "who\n1\n2\n"}, "who", `table "b" has no column but "who"`},
		"what it sees fails": {example(t, "readmission"), map[string]string{"a.csv": "who,n\n1,2\n"}, "who", ""},
	} {
		got, err := c.Run(t.Context(), author.Trial{Module: k.module, Data: load(t, c, k.files), Time: ample, Memory: 64 << 20, By: k.by})
		if k.want == "" {
			if err != nil || text(t, got.Items) != `[{"name":"records","columns":["who","failed"],"types":["text","boolean"],"rows":[["1",true]]}]` {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			continue
		}
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: %+v, %v; want %s", name, got, err, k.want)
		}
	}
}
