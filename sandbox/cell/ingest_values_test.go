package cell

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yingbi/sandbox/abi"
)

func TestValues(t *testing.T) {
	long := strings.Repeat("0", 40)
	for typ, cells := range map[string]map[string]string{
		"integer": {
			"0": "0", "-0": "0", "+7": "7", "007": "7", long + "1": "1",
			"9223372036854775807": "9223372036854775807", "-9223372036854775808": "-9223372036854775808",
			"9223372036854775808": "out-of-range", "-9223372036854775809": "out-of-range", "18446744073709551617": "out-of-range", "99999999999999999999": "out-of-range",
			"": "unparsable", "-": "unparsable", "1.0": "unparsable", " 1": "unparsable", "1 ": "unparsable", "1,000": "unparsable", "1e3": "unparsable",
			"0x1": "unparsable", "--1": "unparsable", "１２": "12", "－１２": "-12", "1２": "12", "１ ２": "unparsable", "９９９９９９９９９９９９９９９９９９９９": "out-of-range", "一二": "unparsable", "1_0": "unparsable", "\xff": "invalid-utf8", "9999999999999999999999x": "unparsable",
		},
		"decimal(5,2)": {
			"1": "100", "1.5": "150", "1.50": "150", "1.500": "150", "-1.23": "-123", ".5": "50", "5.": "500", "+0.01": "1", "-0.00": "0",
			"999.99": "99999", "-999.99": "-99999", "1000": "out-of-range", "1000.00": "out-of-range", "99999999999999999999": "out-of-range",
			"1.234": "too-many-digits", "0.001": "too-many-digits", "0.0010000000000000000000": "too-many-digits", "1." + long: "100",
			"": "unparsable", ".": "unparsable", "-.": "unparsable", "1.2.3": "unparsable", "1,5": "unparsable", "1,000.00": "unparsable", "1e2": "unparsable", "￥5": "unparsable", "５": "500", "１．５": "150", "１。５": "unparsable",
		},
		"decimal(18,0)":  {"999999999999999999": "999999999999999999", "1000000000000000000": "out-of-range", "9999999999999999999": "out-of-range", "-999999999999999999": "-999999999999999999", "1.0": "1", "1.5": "too-many-digits"},
		"decimal(18,18)": {"0.999999999999999999": "999999999999999999", "1": "out-of-range", "9223372036854775807": "out-of-range", "0.0000000000000000001": "too-many-digits", "0": "0"},
		"double": {
			"1": "1", "-0.5": "-0.5", "1e3": "1000", "1E-3": "0.001", ".5": "0.5", "+1.": "1", "1e-400": "0",
			"1e400": "out-of-range", "-1e400": "out-of-range", "": "unparsable", "NaN": "unparsable", "inf": "unparsable", "0x1p3": "unparsable", "1,5": "unparsable", "1_0": "unparsable", " 1": "unparsable", "e": "unparsable",
			"0.1000000000000000055511151231257827021181583404541015625": "0.1",
		},
		"boolean": {"true": "1", "FALSE": "0", "1": "1", "0": "0", "是": "1", "否": "0", "y": "1", "No": "0", "": "unparsable", "tRUE": "unparsable", "2": "unparsable", "真": "unparsable"},
		"date": {
			"1970-01-01": "0", "1969-12-31": "-1", "2024-02-29": "19782", "2024/02/29": "19782", "20240229": "19782", "0001-01-01": "-719162", "9999-12-31": "2932896",
			"2023-02-29": "impossible-date", "1900-02-29": "impossible-date", "2000-02-29": "11016", "2024-13-01": "impossible-date", "2024-00-01": "impossible-date", "2024-01-00": "impossible-date", "2024-04-31": "impossible-date", "0000-01-01": "impossible-date", "20241301": "impossible-date",
			"2024-1-5": "unparsable", "2024-02/29": "unparsable", "2024.02.29": "unparsable", "2024-02-29 ": "unparsable", "2024-02-29T00:00": "unparsable", "29-02-2024": "unparsable", "２０２４0101": "19723", "２０２４－０２－２９": "19782", "２０２３－０２－３０": "impossible-date", "0000-00-00": "impossible-date", "2023-02-30": "impossible-date", "-1-01-01": "unparsable", "": "unparsable", "2024年1月5日": "unparsable",
		},
		"timestamp": {
			"1970-01-01T08:00:00": "0", "1970-01-01 08:00": "0", "1970/01/01 08:00:01.5": "1500000", "1970-01-01T00:00:00Z": "0", "1970-01-01T00:00:00.000001Z": "1",
			"1970-01-01T08:00:00+08:00": "0", "1970-01-01T08:00:00+0800": "0", "1970-01-01T08:00+08": "0", "1969-12-31T23:30:00-00:30": "0", "1969-12-31T23:59:59.999999Z": "-1",
			"1970-01-01T00:00:00.1234560000Z": "123456", "1970-01-01T00:00:00.1234567Z": "too-many-digits",
			"1970-01-01": "unparsable", "1970-01-01T08": "unparsable", "1970-01-01t08:00:00": "unparsable", "1970-01-01T08:00:00.": "unparsable", "1970-01-01T08:00:00 Z": "unparsable", "1970-01-01T08:00:00z": "unparsable", "1970-01-01T08:00:00+8": "unparsable", "1970-01-01T08:00:00+24:00": "unparsable", "1970-01-01T08:00:00+08:60": "unparsable", "1970-01-01T8:00:00Z": "unparsable", "1970-01-01T08:00:00,5": "unparsable", "1970-01-01T0８:00:00": "0", "0000-00-00 00:00:00": "impossible-date",
			"1970-02-30T08:00:00": "impossible-date", "1970-01-01T24:00:00": "impossible-date", "1970-01-01T08:60:00": "impossible-date", "1970-01-01T23:59:60": "impossible-date",
			"0001-01-01T00:00:00Z": "-62135596800000000", "0001-01-01T00:00:00+01:00": "out-of-range", "9999-12-31T23:59:59.999999Z": "253402300799999999", "9999-12-31T23:59:59-01:00": "out-of-range",
		},
		"text": {"": "", " a ": " a ", "影": "影", "\x00": "\x00", "\xe5\xbd": "invalid-utf8", "\xed\xa0\x80": "invalid-utf8"},
	} {
		c := column(t, "c", typ)
		target, err := newTarget(c, 1)
		if err != nil {
			t.Fatal(err)
		}
		for cell, want := range cells {
			target.undo(0)
			got := string(target.put(parserOf(c.Type), 0, []byte(cell)))
			if got == "" {
				col := target.first(1)
				got = value(&col, 0)
			}
			if got != want {
				t.Errorf("%s %q: %s, want %s", typ, cell, got, want)
			}
		}
	}
}

// Shanghai moved its clocks in six summers from 1986 to 1991, and in some years
// before 1950. What was skipped never was; what came twice is the first.
func TestShanghaisClocks(t *testing.T) {
	for local, want := range map[string]string{
		"1986-05-04T01:59:59": "515527199000000", "1986-05-04T02:00:00": "nonexistent-time", "1986-05-04T02:59:59": "nonexistent-time", "1986-05-04T03:00:00": "515527200000000",
		"1986-09-14T00:59:59": "527011199000000", "1986-09-14T01:00:00": "527011200000000", "1986-09-14T01:59:59.5": "527014799500000", "1986-09-14T02:00:00": "527018400000000",
		"1986-07-01T00:00:00": "520527600000000", "1992-07-01T00:00:00": "709920000000000", "2024-05-01T12:00:00": "1714536000000000", "1900-12-31T23:00:00": "-2177485543000000",
	} {
		u := ingestText(t, "t\n"+local+"\n", column(t, "t", "timestamp"))
		got := fmt.Sprint(u.rows, u.quarantine)
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", local, got, want)
		}
	}
}

// The remembered span gives what the library gives, hour by hour over years, in
// either direction and in zones of both hemispheres.
func TestZonesAgreeWithTheLibrary(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "Europe/London", "Australia/Lord_Howe", "UTC", "America/New_York"} {
		var forward, backward zone
		if forward.load(name) != nil || backward.load(name) != nil {
			t.Fatal(name)
		}
		start, end := time.Date(1985, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		for i := int64(0); start+i < end; i += 1800 {
			for z, local := range map[*zone]int64{&forward: start + i, &backward: end - i} {
				utc, ok := z.utc(local)
				clock := time.Unix(local, 0).UTC()
				want := time.Date(clock.Year(), clock.Month(), clock.Day(), clock.Hour(), clock.Minute(), 0, 0, z.location)
				exists := want.Hour() == clock.Hour() && want.Minute() == clock.Minute()
				if ok != exists {
					t.Fatalf("%s %v: exists is %v", name, clock, ok)
				}
				if at := time.Unix(utc, 0).In(z.location); ok && (at.Hour() != clock.Hour() || at.Minute() != clock.Minute() || utc > want.Unix()) {
					t.Fatalf("%s %v: %v", name, clock, at)
				}
			}
		}
	}
}

func BenchmarkCSV(b *testing.B) {
	var text strings.Builder
	text.WriteString("person,district,visit_date,icd_chapter,cost,age,at,note\n")
	const rows = 100_000
	for i := range rows {
		fmt.Fprintf(&text, "11010119900307%04d,朝阳区%d,2024-%02d-%02d,IX,%d.%02d,%d,2024-03-01 12:%02d:00,ordinary text\n", i%10000, i%40, i%12+1, i%28+1, i%5000, i%100, i%100, i%60)
	}
	req := &abi.IngestRequest{Columns: []abi.IngestColumn{
		column(b, "person", "text"), column(b, "district", "text", ""), column(b, "visit_date", "date", ""), column(b, "icd_chapter", "text", ""),
		column(b, "cost", "decimal(12,2)", ""), column(b, "age", "integer", ""), column(b, "at", "timestamp", ""), column(b, "note", "text", ""),
	}}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := ingestCSV(req, plainText(strings.NewReader(text.String())), &answers{w: discard{}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
