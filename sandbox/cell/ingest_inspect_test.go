package cell

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// inspected is what an inspect task answered, a line for each frame.
func inspected(t testing.TB, req abi.InspectRequest, b []byte) (map[string][][]string, error) {
	t.Helper()
	var pipe bytes.Buffer
	err := inspect(&req, section(b), &answers{w: &pipe})
	got := map[string][][]string{}
	for {
		m, err := abi.ReadMessage(&pipe, roomy)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		f, err := abi.Decode(m.Payload, abi.Limits{Bytes: 1 << 28, Rows: 1 << 20, Columns: 10})
		if err != nil {
			t.Fatal(err)
		}
		got[m.Name] = show(f)
	}
	return got, err
}

func TestInspectText(t *testing.T) {
	claims := "身份证号,姓名,费用,就诊日期,结算时间,天数,医保,编码\n" +
		"530102199003070011,李明,120.00,2024-03-08,2024-03-08 10:00:00,3,是,007\n" +
		"53010219900307002X,\"王,芳\",-36.5,2024/03/09,2024-03-09T11:30:00+08:00,NULL,否,010\n" +
		"530102199003070038,赵六,,２０２４０３１０,2024-03-10 12:00,　,是,无\n" +
		"530102199003070046,钱七\n"
	columns := "[[身份证号 text 0] [姓名 text 0] [费用 decimal(18,2) 1] [就诊日期 date 0] [结算时间 timestamp 0] [天数 integer 2] [医保 boolean 0] [编码 text 1]]"
	nulls := "[[3  1] [6 NULL 1] [6 　 1] [8 无 1]]"
	for _, c := range []struct{ delimiter, encoding, compression, want string }{
		{",", abi.EncodingUTF8, "", "csv none utf-8 ,"},
		{",", abi.EncodingGB18030, abi.CompressionGzip, "csv gzip gb18030 ,"},
		{"\t", abi.EncodingUTF16LE, "", "csv none utf-16le \t"},
		{";", abi.EncodingUTF16BE, abi.CompressionZstd, "csv zstd utf-16be ;"},
		{"|", abi.EncodingGBK, "", "csv none gb18030 |"},
		{"\x01", abi.EncodingUTF8, "", "csv none utf-8 \x01"},
		{"^", abi.EncodingUTF8, "", "csv none utf-8 ^"},
	} {
		text := strings.ReplaceAll(strings.ReplaceAll(claims, ",", c.delimiter), "王"+c.delimiter+"芳", "王,芳")
		if c.delimiter != "," {
			text = strings.Replace(text, "王,芳", "王"+c.delimiter+"芳", 1)
		}
		b := encoded(t, text, c.encoding)
		switch c.compression {
		case abi.CompressionGzip:
			b = gzipped(t, b)
		case abi.CompressionZstd:
			b = zstded(t, b)
		}
		got, err := inspected(t, abi.InspectRequest{}, b)
		if err != nil {
			t.Errorf("%s: %v", c.want, err)
			continue
		}
		if head := strings.Join(got[abi.StreamInspection][0], " "); head != c.want+"  1 1 4 1" {
			t.Errorf("%q, want %q", head, c.want)
		}
		if fmt.Sprint(got[abi.StreamColumns]) != columns || fmt.Sprint(got[abi.StreamNulls]) != nulls {
			t.Errorf("%s: columns %v\nnulls %v", c.want, got[abi.StreamColumns], got[abi.StreamNulls])
		}
	}
}

func TestInspectTellsHowItIsCut(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		req  abi.InspectRequest
		want string // format, delimiter, columns, header, rows, ragged
	}{
		"one column":               {"name\na\nb\n", abi.InspectRequest{}, "csv , 1 1 2 0"},
		"commas in the cells":      {"a;b\n1,5;2,5\n3,5;4,5\n", abi.InspectRequest{}, "csv ; 2 1 2 0"},
		"times in the cells":       {"at,v\n2024-01-01 10:00:00,1\n", abi.InspectRequest{}, "csv , 2 1 1 0"},
		"tabs without quotes":      {"a\tb\n1\t2\n", abi.InspectRequest{}, "tsv \t 2 1 1 0"},
		"tabs and inches":          {"a\tb\n5\" x\t2\n3\t\"4\n", abi.InspectRequest{}, "tsv \t 2 1 2 0"},
		"tabs and quotes":          {"a\tb\n\"x\ty\"\t2\n3\t4\n", abi.InspectRequest{}, "csv \t 2 1 2 0"},
		"given":                    {"a,b\n1,2\n", abi.InspectRequest{Delimiter: ";"}, "csv ; 1 1 1 0"},
		"given to be raw":          {"a\tb\n\"1\"\t2\n", abi.InspectRequest{Format: abi.FormatTSV}, "tsv \t 2 1 1 0"},
		"half of it ragged":        {"a,b\n1,2\n1,2\n1\n3\n", abi.InspectRequest{}, "csv , 2 1 4 2"},
		"only a header":            {"a|b|c\n", abi.InspectRequest{}, "csv | 3 1 0 0"},
		"years as names":           {"district,2023,2024\n530102,1.5,2.5\n", abi.InspectRequest{}, "csv , 3 1 1 0"},
		"no header: numbers":       {"530102,1.5,2.5\n530103,1.5,2.5\n", abi.InspectRequest{}, "csv , 3 0 2 0"},
		"no header: a date":        {"x,2024-01-01\ny,2024-01-02\n", abi.InspectRequest{}, "csv , 2 0 2 0"},
		"no header: it comes back": {"昆明,男\n大理,女\n丽江,男\n", abi.InspectRequest{}, "csv , 2 0 3 0"},
		"a name that comes back":   {"昆明,男\n大理,女\n丽江,男\n", abi.InspectRequest{Named: true}, "csv , 2 1 2 0"},
		"no name, though it is":    {"昆明,3\n大理,4\n", abi.InspectRequest{Named: true}, "csv , 2 0 2 0"},
		"no header: a null":        {"昆明,NULL\n大理,女\n", abi.InspectRequest{}, "csv , 2 0 2 0"},
		"the header comes again":   {"a,b\nx,y\na,b\nz,w\n", abi.InspectRequest{}, "csv , 2 1 3 0"},
		"names twice":              {"a,a\nx,y\n", abi.InspectRequest{}, "csv , 2 0 2 0"},
		"a name is missing":        {",a\n1,y\n", abi.InspectRequest{}, "csv , 2 1 1 0"},
	} {
		got, err := inspected(t, c.req, []byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		h := got[abi.StreamInspection][0]
		if s := fmt.Sprint(h[0], " ", h[3], " ", len(got[abi.StreamColumns]), " ", h[5], " ", h[7], " ", h[8]); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

// Nothing of a row is in an answer but spellings of null.
func TestInspectionsHoldNoValue(t *testing.T) {
	for _, text := range []string{
		"姓名,证件\n李明,530102199003070011\n王芳,N/A\n", "李明,530102199003070011\n王芳,530102199003070038\n", "一,李明\n二,李明\n三,530102199003070011\n",
	} {
		var pipe bytes.Buffer
		if err := inspect(&abi.InspectRequest{}, section([]byte(text)), &answers{w: &pipe}); err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{"李明", "王芳", "5301021990"} {
			if bytes.Contains(pipe.Bytes(), []byte(value)) {
				t.Errorf("%q: the answer holds %s", text, value)
			}
		}
	}
}

func TestInspectRefusals(t *testing.T) {
	wide := strings.Repeat("x,", abi.MaxColumns) + "y\n"
	for name, c := range map[string]struct {
		b    string
		req  abi.InspectRequest
		want abi.Failure
	}{
		"nothing":             {"", abi.InspectRequest{}, abi.Failure{Code: abi.FailFormat}},
		"too wide":            {wide, abi.InspectRequest{}, abi.Failure{Code: abi.FailTooWide}},
		"far too wide":        {strings.Repeat("x,", 5<<20), abi.InspectRequest{}, abi.Failure{Code: abi.FailTooWide}},
		"wide and quoted":     {strings.Repeat(`"x",`, 1<<20), abi.InspectRequest{}, abi.Failure{Code: abi.FailTooWide}},
		"no text":             {"\x89PNG\r\n\x1a\n\xff\xd8\xff\xe0\xf0\x9f\x92\xc3\x28\xa0\xa1\xe2\x28\xa1", abi.InspectRequest{}, abi.Failure{Code: abi.FailEncoding}},
		"GBK said to be UTF8": {string(encoded(t, "姓名,费用\n李明,1\n", abi.EncodingGBK)), abi.InspectRequest{Encoding: abi.EncodingUTF8}, abi.NotA(abi.FailEncoding, abi.EncodingGB18030)},
		"Parquet as csv":      {"PAR1xxxxPAR1", abi.InspectRequest{Format: abi.FormatCSV}, abi.NotA(abi.FailFormat, abi.FormatParquet)},
		"csv as Parquet":      {"a,b\n", abi.InspectRequest{Format: abi.FormatParquet}, abi.Failure{Code: abi.FailFormat}},
		"a sheet of a csv":    {"a,b\n", abi.InspectRequest{Sheet: "x"}, abi.Failure{Code: abi.FailFormat}},
		"a sheet of Parquet":  {"PAR1xxxxPAR1", abi.InspectRequest{Sheet: "x"}, abi.NotA(abi.FailFormat, abi.FormatParquet)},
		"a workbook in GBK":   {string(zipped(t, parts(""))), abi.InspectRequest{Encoding: abi.EncodingGBK}, abi.NotA(abi.FailFormat, abi.FormatXLSX)},
		"old Excel":           {compoundMagic, abi.InspectRequest{}, abi.Failure{Code: abi.FailEncrypted}},
		"a broken archive":    {"\x1f\x8b\x08", abi.InspectRequest{}, abi.Failure{Code: abi.FailArchive}},
	} {
		if _, err := inspected(t, c.req, []byte(c.b)); err != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A sample ends somewhere, also within quotes: that is no fault of the file.
func TestInspectTheBeginningOfALongFile(t *testing.T) {
	line := "1,\"多行\n文本\"\n"
	text := "id,note\n" + strings.Repeat(line, headSize/len(line)+100)
	got, err := inspected(t, abi.InspectRequest{}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	h := got[abi.StreamInspection][0]
	if h[6] != "0" || h[8] != "0" || fmt.Sprint(got[abi.StreamColumns]) != "[[id integer 0] [note text 0]]" {
		t.Errorf("%q %v", h, got[abi.StreamColumns])
	}
}

// requestFor asks for every column of an inspected file that has a name of its own.
func requestFor(t testing.TB, got map[string][][]string) *abi.IngestRequest {
	h := got[abi.StreamInspection][0]
	req := &abi.IngestRequest{Format: h[0], Compression: h[1], Encoding: h[2], Delimiter: h[3], Sheet: h[4]}
	if req.Format == abi.FormatTSV {
		req.Delimiter = ""
	}
	names := map[string]int{}
	for _, c := range got[abi.StreamColumns] {
		names[c[0]]++
	}
	for i, c := range got[abi.StreamColumns] {
		if names[c[0]] > 1 || len(c[0]) >= abi.MaxNameBytes || strings.ContainsRune(c[0], '\ufffd') {
			continue
		}
		col := column(t, fmt.Sprint("c", i), cmp.Or(c[1], "text"))
		col.Source = c[0]
		for _, null := range got[abi.StreamNulls] {
			if null[0] == fmt.Sprint(i+1) {
				col.Nulls = append(col.Nulls, null[1])
			}
		}
		if col.Source != "" {
			req.Columns = append(req.Columns, col)
		}
	}
	return req
}

// What an inspection says can be ingested: every row that it looked at is kept
// but the ragged ones, and all are counted. The same goes for any bytes.
func FuzzInspect(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "姓名;费用\n李明;1.5\n王芳;NULL\n", "a\tb\n\"x\"\t1\n", "a|b\n\"1|\n2\"|3\n4", "1,2\n3,4\n", "\ufeffx\n\ny\n", "a,,a\n1,2,3\n", "n\n１２\n0x1\n", "a,b\n2024-01-01,是\n2024-02-30,否\n",
	} {
		f.Add([]byte(s))
		f.Add(encoded(f, strings.TrimPrefix(s, "\ufeff"), abi.EncodingGBK))
		f.Add(encoded(f, s, abi.EncodingUTF16LE))
	}
	f.Add(gzipped(f, []byte("a,b\n1,2\n")))
	f.Add(zstded(f, []byte("a,b\n1,2\n")))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := inspected(t, abi.InspectRequest{}, b)
		again, err2 := inspected(t, abi.InspectRequest{}, b)
		if fmt.Sprint(got, err) != fmt.Sprint(again, err2) {
			t.Fatalf("%q is not inspected the same twice", b)
		}
		if err != nil {
			if _, ok := err.(abi.Failure); !ok {
				t.Fatalf("%q: %v", b, err)
			}
			return
		}
		h := got[abi.StreamInspection][0]
		req := requestFor(t, got)
		if h[5] == "0" || len(req.Columns) == 0 {
			return
		}
		u := ingestAs(t, req, b)
		if u.err != nil || fmt.Sprint(u.summary[0]) != h[7] || slices.ContainsFunc(u.quarantine, func(q string) bool {
			return strings.HasSuffix(q, string(abi.ReasonFormat))
		}) {
			t.Fatalf("%q: %q\n%v %v %q", b, h, u.err, u.summary, u.quarantine)
		}
	})
}

func TestGuesses(t *testing.T) {
	p, err := newProbes()
	if err != nil {
		t.Fatal(err)
	}
	for cells, want := range map[string]string{
		"": "", " NULL -": "", "1 2 3": "integer", "-1 +2": "integer", "1.5 2": "decimal(18,1)", "0.123456 1": "decimal(18,6)", "0.1234567 1": "double",
		"1e5 2": "double", "007 008": "text", "530102199003070011": "text", "123456789012345": "integer", "1234567890123456": "text",
		"20240101 20241231": "date", "20240101 20241332": "integer", "10000101 99991231": "integer", "2024-01-01 2024/02/03": "date", "1000-01-01": "date",
		"2024-01-01T10:00 2024-01-01T10:00:00Z": "timestamp", "2024-01-01 2024-01-01T10:00": "text", "2024-02-30": "text",
		"是 否": "boolean", "true FALSE": "boolean", "0 1": "integer", "Y N": "boolean", "0 1 Y": "text", "１２ ３": "integer", "１．５": "decimal(18,1)", "0.5 00.5": "text", "a": "text",
		"99999999999999.123456": "double", "9999999999999.12345": "decimal(18,5)",
	} {
		g := newGuess()
		for _, cell := range strings.Fields(cells) {
			g.see(p, []byte(cell))
		}
		got := ""
		if c := g.column(); c != (coltype.Type{}) {
			got = c.String()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", cells, got, want)
		}
	}
}
