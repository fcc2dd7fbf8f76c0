//go:build linux && cgo

package guests

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	yingbi "yingbi/guest/go"
	"yingbi/sandbox/abi"
)

// noted is a person with notes, nil for null, and the record that comes of them.
type noted struct {
	notes  []string
	nulls  int
	record string
}

var classified = []noted{
	{[]string{"术后复查，恢复良好"}, 0, "随访 1"},
	{[]string{"突发胸痛，急诊抢救", ""}, 1, "急诊 2"},
	{[]string{"高血压，长期服药", "慢性肾病，定期透析", "急诊留观"}, 2, "慢病 3"},
	{nil, 0, "- 0"},
	{nil, 3, "- 0"},
	{[]string{"", " \t\n", "诊"}, 0, "- 3"}, // no two characters side by side
	{[]string{"🏥🚑👩🏽‍⚕️", "？！"}, 0, "- 2"},                   // nor here
	{[]string{"糖尿病🍬，血糖平稳🙂"}, 0, "慢病 1"},                     // which part what they stand between
	{[]string{"急🚑诊"}, 0, "- 1"},                             // and so no 急诊
	{[]string{"急诊２型糖尿病"}, 0, "慢病 1"},                        // as the next
	{[]string{"急诊2型糖尿病"}, 0, "慢病 1"},                        // in ASCII
	{[]string{strings.Repeat("急诊抢救，", 100_000)}, 0, "急诊 1"}, // 1.5 MB
	{slices.Repeat([]string{"电话随访，一般情况好"}, 150), 1, "随访 100"},
	{[]string{strings.Repeat("\U0010ffff\u0000", 1000)}, 0, "- 1"},
}

// TestClassify runs the classifier in a cell over people's notes.
func TestClassify(t *testing.T) {
	module, err := Build(".", "classify")
	if err != nil {
		t.Fatal(err)
	}
	s := cells(t)
	c := compile(t, s, module)
	var table yingbi.Table
	var counts []byte
	note := table.Text("note")
	for _, p := range classified {
		for range p.nulls {
			note.AppendNull()
		}
		for _, text := range p.notes {
			note.Append(text)
		}
		counts = binary.LittleEndian.AppendUint32(counts, uint32(p.nulls+len(p.notes)))
	}
	var in inputs
	req := abi.MapRequest{
		ModuleFD: in.addBytes(t, c.module), CodeFD: in.addBytes(t, c.code), CountsFD: in.addBytes(t, counts),
		Views:  []abi.View{in.addView(t, "notes", &table)},
		Fields: []abi.MapField{{Name: "class", Max: 2}, {Name: "notes", Max: 100}},
		Batch:  1, MaxPages: guestPages, MaxLog: 1 << 16, Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}
	records, log := recordsOf(t, s, req, in)
	if len(records) != len(classified) || log != "" {
		t.Fatalf("%d records; log\n%s", len(records), log)
	}
	for i, got := range records {
		label, rest, _ := strings.Cut(got, " ")
		if at := strings.Index("012", label); at >= 0 {
			label = []string{"随访", "急诊", "慢病"}[at]
		}
		if got = label + " " + rest; got != classified[i].record {
			t.Errorf("person %d: %s, want %s", i, got, classified[i].record)
		}
	}
}
