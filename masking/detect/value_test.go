package detect

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestWorkedCases(t *testing.T) {
	w := workedCases(t)
	for _, c := range w.Cases {
		of, known := ParseType(c.Type)
		if !known && c.Type != "none" {
			t.Errorf("%s: no type %s", c.ID, c.Type)
			continue
		}
		got, highest := confidence(c.Value, of)
		if c.Type == "none" {
			got = highest
		}
		if want := c.Expect != nil && *c.Expect; (got >= Fires) != want {
			t.Errorf("%s: %q has %v: %s", c.ID, c.Value, got, c.Why)
		}
	}
	for _, c := range w.Columns {
		of, _ := ParseType(c.Expect)
		for _, v := range c.Values {
			if got, _ := confidence(v, of); v != "" && got < Fires {
				t.Errorf("column %s: %q has %v", c.Header, v, got)
			}
		}
		if hits := Header(nil, c.Header); len(hits) == 0 || hits[0].Type != of {
			t.Errorf("the header %s suggests %v", c.Header, hits)
		}
	}
}

// values.txt has a value and its type per line, after + where the type must fire and
// after - where it must not.
func TestValues(t *testing.T) {
	text, err := os.ReadFile("testdata/values.txt")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[Type]int{}
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSuffix(l, "\n"); l == "" || l[0] == '#' {
			continue
		}
		name, value, _ := strings.Cut(l[1:], " ")
		of, known := ParseType(name)
		got, highest := confidence(value, of)
		if name == "none" {
			got = highest
		} else if !known {
			t.Errorf("%q names no type", l)
		}
		if (got >= Fires) != (l[0] == '+') {
			t.Errorf("%s has %v", l, got)
		}
		tried[of]++
	}
	for _, of := range Types() {
		if tried[of] == 0 && of != SocialSecurityNo && of != SocialCardNo && of != MedicalRecordNo {
			t.Errorf("no value of %s was tried", of)
		}
	}
}

// What cannot be told from a value alone is reported, and does not fire.
func TestUndecided(t *testing.T) {
	for value, of := range map[string]Type{
		"12345678": TWCompatriotPermit, "A12345678": SocialCardNo, "ZY000123456": MedicalRecordNo, "4.12.0.1": IP, "白鸽": PersonNameZH,
		"91350203M0001AB0C6": USCC, "京AG12345": Plate, "911105198501020018": ForeignPRID, "000000000000": MAC, "K12345678": Passport,
		"浙江省杭州市西湖区文三路": AddressZH, "192.168.1.0/24": IP, "710932515": OrgCode, "110103": RegionCode, "65551234": Landline, "张先生": PersonNameZH,
	} {
		if got, _ := confidence(value, of); got <= 0 || got >= Fires {
			t.Errorf("%q has %v for %s", value, got, of)
		}
	}
}

func TestOrderAndSpelling(t *testing.T) {
	d := detector()
	kept := Hit{Email, 0.1}
	hits := d.Value([]Hit{kept}, []byte(" \u200b１１０１０５ 19491231－002x　"))
	want := []Hit{kept, {ResidentID, 0.99}, {SocialSecurityNo, 0.55}}
	if !slices.Equal(hits, want) {
		t.Errorf("got %v", hits)
	}
	for _, value := range []string{"", "1", "\xff\xfe\xfd", "13899815157\xff", strings.Repeat("1", maxValue+1), strings.Repeat("张", 200)} {
		if hits := d.Value(nil, []byte(value)); len(hits) > 0 {
			t.Errorf("%.20q gave %v", value, hits)
		}
	}
}

func TestTypes(t *testing.T) {
	for i, of := range Types() {
		if back, ok := ParseType(of.String()); !ok || back != of || int(of) != i+1 {
			t.Errorf("%d is %q and comes back as %d", of, of, back)
		}
	}
	for _, name := range []string{"", "none", "Mobile"} {
		if of, ok := ParseType(name); ok {
			t.Errorf("%q is %d", name, of)
		}
	}
	if !ResidentID.Direct() || !AddressZH.Direct() || USCC.Direct() || RegionCode.Direct() || IP.Direct() || Type(0).Direct() || Type(99).Direct() || Type(99).String() != "" {
		t.Error("who identifies a person is wrong")
	}
}

func TestTablesAreFull(t *testing.T) {
	d := detector()
	codes, surnames, names := 0, 0, 0
	for n := range regionCodes {
		if d.regions.has(n) {
			codes++
		}
		if d.regions.has(n) && d.former.has(n) {
			t.Fatalf("%d is both of today and abolished", n)
		}
	}
	for _, c := range d.chars {
		if c&surname != 0 {
			surnames++
		}
		if c&given != 0 {
			names++
		}
	}
	if codes != 3351 || surnames < 600 || names < 1200 || len(d.words) < 10_000 || len(d.compounds) < 100 || len(d.countries) != 245 || d.allocated < 400 || len(d.cards[19]) < 300 {
		t.Errorf("%d regions, %d surnames, %d given, %d words, %d compounds, %d countries, %d prefixes, %d cards", codes, surnames, names, len(d.words), len(d.compounds), len(d.countries), d.allocated, len(d.cards[19]))
	}
	for name, of := range readHeaders() {
		if slices.Contains(of, 0) {
			t.Errorf("the header %s is of no type", name)
		}
	}
	for _, list := range d.cues {
		for _, c := range list {
			if c.of == 0 || c.of != PersonNameZH && c.least == 0 {
				t.Errorf("the cue %v is not complete", c)
			}
		}
	}
}

var benchmarked = []string{
	"39.02", "2013", "United-States", "2013-01-01T06:00:00Z", "1234567.89", "男", "高血压", "北京市朝阳区", "上海浦东发展银行股份有限公司", // of no type
	"11010519491231002X", "13899815157", "622202602602602", "张伟", "192.0.2.10", "zhang.san@example.com", "浙江省杭州市西湖区文三路123号4幢501室",
}

func TestValueDoesNotAllocate(t *testing.T) {
	d := detector()
	var room [16]Hit
	for _, value := range benchmarked {
		b := []byte(value)
		if n := testing.AllocsPerRun(20, func() { d.Value(room[:0], b) }); n != 0 {
			t.Errorf("%q: %v allocations", value, n)
		}
	}
}

func BenchmarkValue(b *testing.B) {
	d := New()
	var room [16]Hit
	for _, value := range benchmarked {
		b.Run(value, func(b *testing.B) {
			v := []byte(value)
			for b.Loop() {
				d.Value(room[:0], v)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}
