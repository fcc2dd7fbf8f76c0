package cell

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"yingbi/sandbox/abi"
)

// encoded gives text in an encoding, by a library.
func encoded(t testing.TB, text, encoding string) []byte {
	t.Helper()
	out, err := []byte(text), error(nil)
	switch encoding {
	case abi.EncodingGBK:
		out, err = simplifiedchinese.GBK.NewEncoder().Bytes(out)
	case abi.EncodingGB18030:
		out, err = simplifiedchinese.GB18030.NewEncoder().Bytes(out)
	case abi.EncodingUTF16LE:
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes(out)
	case abi.EncodingUTF16BE:
		out, err = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstded(t testing.TB, b []byte, options ...zstd.EOption) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// hospital is a table whose second column has GBK characters with the second byte
// of a bar (亅 is 81 7C), a backslash (乗 81 5C) and a tilde.
const hospital = "编号|名称|费用\n1|亅乗乣医院|12.50\n2|\"第一\n|人民医院\"|300\n\n3|𠮷野家㐂|0.5\n"

const hospitalRows = "[[1 亅乗乣医院 1250] [2 第一\n|人民医院 30000] [3 𠮷野家㐂 50]]"

func hospitalRequest(t testing.TB, encoding string) *abi.IngestRequest {
	id, name, cost := column(t, "id", "integer"), column(t, "name", "text"), column(t, "cost", "decimal(8,2)")
	id.Source, name.Source, cost.Source = "编号", "名称", "费用"
	return &abi.IngestRequest{Format: abi.FormatCSV, Delimiter: "|", Encoding: encoding, Columns: []abi.IngestColumn{id, name, cost}}
}

// Every encoding in every compression, with its byte order mark and without one.
func TestEncodingsAndCompressions(t *testing.T) {
	for encoding, marks := range map[string][]string{
		abi.EncodingUTF8: {"", "\xef\xbb\xbf"}, abi.EncodingGB18030: {"", "\x84\x31\x95\x33"},
		abi.EncodingUTF16LE: {"", "\xff\xfe"}, abi.EncodingUTF16BE: {"", "\xfe\xff"}, abi.EncodingUTF16: {"\xff\xfe", "\xfe\xff"},
	} {
		for _, mark := range marks {
			as := encoding
			if encoding == abi.EncodingUTF16 {
				as = map[string]string{"\xff\xfe": abi.EncodingUTF16LE, "\xfe\xff": abi.EncodingUTF16BE}[mark]
			}
			plain := append([]byte(mark), encoded(t, hospital, as)...)
			for compression, b := range map[string][]byte{
				"": plain, abi.CompressionNone: plain, abi.CompressionZstd: zstded(t, plain),
				abi.CompressionGzip: append(gzipped(t, plain[:20]), gzipped(t, plain[20:])...),
			} {
				req := hospitalRequest(t, encoding)
				req.Compression = compression
				if u := ingestAs(t, req, b); u.err != nil || fmt.Sprint(u.rows) != hospitalRows {
					t.Errorf("%s %q %s: %v %q", encoding, mark, compression, u.err, u.rows)
				}
			}
		}
	}
	gbk := strings.Replace(hospital, "𠮷野家㐂", "€", 1)
	if u := ingestAs(t, hospitalRequest(t, abi.EncodingGBK), encoded(t, gbk, abi.EncodingGBK)); u.err != nil || len(u.rows) != 3 || u.rows[2][1] != "€" {
		t.Errorf("gbk: %v %q", u.err, u.rows)
	}
}

// What is given wins, unless the bytes say surely that it is something else; then
// the failure says what.
func TestGivenEncodingsAreChecked(t *testing.T) {
	text := "编号|名称|费用\n1|市第一人民医院|2\n"
	for _, c := range []struct{ given, is, found string }{
		{abi.EncodingUTF8, abi.EncodingGBK, abi.EncodingGB18030}, {abi.EncodingUTF8, abi.EncodingUTF16LE, abi.EncodingUTF16LE},
		{abi.EncodingGBK, abi.EncodingUTF8, abi.EncodingUTF8}, {abi.EncodingGB18030, abi.EncodingUTF8, abi.EncodingUTF8},
		{abi.EncodingGB18030, abi.EncodingUTF16BE, abi.EncodingUTF16BE}, {abi.EncodingUTF16LE, abi.EncodingUTF8, abi.EncodingUTF8},
		{abi.EncodingUTF16LE, abi.EncodingUTF16BE, abi.EncodingUTF16BE}, {abi.EncodingUTF16, abi.EncodingUTF16LE, abi.EncodingUTF16LE},
		{abi.EncodingUTF16, abi.EncodingUTF8, abi.EncodingUTF8}, {"", abi.EncodingGBK, abi.EncodingGB18030},
	} {
		u := ingestAs(t, hospitalRequest(t, c.given), encoded(t, text, c.is))
		var f abi.Failure
		if !errors.As(u.err, &f) || f.Code != abi.FailEncoding || f.Found() != c.found {
			t.Errorf("%s as %s: %v", c.is, c.given, u.err)
		}
	}
	// The beginning is ASCII, and all of the rest decodes as GBK.
	late := "a|b\n" + strings.Repeat("1|2\n", headSize/4+1) + "1|一二三四五六七八\n"
	req := &abi.IngestRequest{Format: abi.FormatCSV, Delimiter: "|", Encoding: abi.EncodingGBK, Columns: []abi.IngestColumn{column(t, "a", "integer")}}
	if u := ingestAs(t, req, []byte(late)); u.err != abi.NotA(abi.FailEncoding, abi.EncodingUTF8) {
		t.Errorf("late UTF-8: %v", u.err)
	}
}

// Bytes that are of no character cost the row, and never become another
// character; the line feed after half of one is still there.
func TestBytesOutsideTheEncoding(t *testing.T) {
	name := "第一人民医院"
	half := string(encoded(t, name, abi.EncodingGBK)[:11])
	for what, c := range map[string]struct{ encoding, cell, why string }{
		"half a character":       {abi.EncodingGBK, half, "ragged"}, // it takes the bar for its second
		"a lead alone":           {abi.EncodingGB18030, "\x81", "ragged"},
		"0xff":                   {abi.EncodingGBK, "\xff", "invalid-encoding"},
		"no such pair":           {abi.EncodingGBK, "\xfe\xfe", "invalid-encoding"},
		"four bytes in gbk":      {abi.EncodingGBK, "\x82\x35\x8f\x33", "invalid-encoding"},
		"four bytes":             {abi.EncodingGB18030, "\x82\x35\x8f\x33", ""},
		"four bytes beyond all":  {abi.EncodingGB18030, "\xfe\x39\xfe\x39", "invalid-encoding"},
		"three of four bytes":    {abi.EncodingGB18030, "\x82\x35\x8f", "invalid-encoding"},
		"the euro sign":          {abi.EncodingGBK, "\x80", ""},
		"a replacement for real": {abi.EncodingGB18030, "\x84\x31\xa4\x37", ""},
		"high half":              {abi.EncodingUTF16LE, "\x00\xd8x\x00", "invalid-encoding"},
		"low half":               {abi.EncodingUTF16BE, "\xdc\x00", "invalid-encoding"},
		"invalid UTF-8":          {abi.EncodingUTF8, "\xe5\xbd", "name invalid-utf8"},
	} {
		text := func(s string) string { return string(encoded(t, s, c.encoding)) }
		b := text("编号|名称|费用\n1|"+name+"|2\n2|") + c.cell + text("|3\n4|") + c.cell + text("\n5|"+name+"|6\n")
		u := ingestAs(t, hospitalRequest(t, c.encoding), []byte(b))
		rows, quarantine := 3, []string{"3 4  ragged"}
		if c.why != "" {
			at := " "
			if strings.Contains(c.why, " ") {
				at = ""
			}
			rows, quarantine = 2, []string{"2 3 " + at + c.why, "3 4 " + at + c.why}
			if c.encoding == abi.EncodingUTF8 {
				quarantine[1] = "3 4  ragged"
			}
			if c.why == "ragged" {
				quarantine[1] = "3 4  invalid-encoding"
			}
		}
		if u.err != nil || len(u.rows) != rows || fmt.Sprint(u.quarantine) != fmt.Sprint(quarantine) {
			t.Errorf("%s: %v %q %q", what, u.err, u.rows, u.quarantine)
		}
	}
	// The last character of UTF-16 is cut.
	b := append(encoded(t, hospital, abi.EncodingUTF16LE), '7')
	if u := ingestAs(t, hospitalRequest(t, abi.EncodingUTF16LE), b); u.err != nil || fmt.Sprint(u.quarantine) != "[4 7  invalid-encoding]" {
		t.Errorf("an odd byte: %v %q", u.err, u.quarantine)
	}
}

// Each beginning of an archive but whole members is refused, and so is what
// follows one.
func TestArchivesThatAreNotWhole(t *testing.T) {
	req := &abi.IngestRequest{Format: abi.FormatCSV, Columns: []abi.IngestColumn{column(t, "a", "text")}}
	text := []byte("a,b\n" + strings.Repeat("医院,2\n", 300))
	for compression, member := range map[string][]byte{
		abi.CompressionGzip: gzipped(t, text), abi.CompressionZstd: zstded(t, text, zstd.WithEncoderCRC(true)),
	} {
		req.Compression = compression
		two := append(bytes.Clone(member), member...)
		for n := 4; n < len(two); n++ {
			u := ingestAs(t, req, two[:n])
			if whole := n == len(member); (u.err == nil) != whole || !whole && u.err != (abi.Failure{Code: abi.FailArchive}) {
				t.Fatalf("%s: %d of %d bytes: %v, %d rows", compression, n, len(two), u.err, len(u.rows))
			}
		}
		if u := ingestAs(t, req, two); u.err != nil || u.summary[0] != 601 {
			t.Errorf("%s: both members: %v %v", compression, u.err, u.summary)
		}
		for _, tail := range []string{"\x00", "x", "\x00\x00\x00\x00\x00\x00\x00\x00", "a,b\n1,2\n", "\x1f", "\x28\xb5"} {
			if u := ingestAs(t, req, append(bytes.Clone(member), tail...)); u.err != (abi.Failure{Code: abi.FailArchive}) || u.summary != nil {
				t.Errorf("%s and %q: %v", compression, tail, u.err)
			}
		}
		for i := 4; i < len(member); i++ {
			bad := bytes.Clone(member)
			bad[i] ^= 0x40
			// The header of gzip and the last bits of its data say nothing.
			if u := ingestAs(t, req, bad); u.err == nil && fmt.Sprint(u.rows) != "["+strings.Repeat(" [医院]", 300)[1:]+"]" {
				t.Fatalf("%s: byte %d changed: %q", compression, i, u.rows)
			}
		}
		given := *req
		given.Compression = abi.CompressionNone
		if u := ingestAs(t, &given, member); u.err != abi.NotA(abi.FailCompression, compression) {
			t.Errorf("%s as none: %v", compression, u.err)
		}
		if u := ingestAs(t, req, text); u.err != abi.NotA(abi.FailCompression, abi.CompressionNone) {
			t.Errorf("none as %s: %v", compression, u.err)
		}
	}
}

// zeros reads n zero bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zeroReader{}, n) }

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestExpansionLimits(t *testing.T) {
	var bomb bytes.Buffer
	w, err := zstd.NewWriter(&bomb)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(w, zeros(freeExpansion+1))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	in, err := decompress(section(bomb.Bytes()), abi.CompressionZstd)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, in)
	if err != abi.Over(abi.LimitExpansion) || n > freeExpansion {
		t.Errorf("a bomb of %d bytes gave %d: %v", bomb.Len(), n, err)
	}
	for _, c := range []struct {
		compressed, content int64
		err                 error
	}{
		{1, freeExpansion, nil}, {1, freeExpansion + 1, abi.Over(abi.LimitExpansion)},
		{1 << 20, maxExpansion << 20, nil}, {1 << 20, maxExpansion<<20 + 1, abi.Over(abi.LimitExpansion)},
	} {
		if n, err := io.Copy(io.Discard, newExpanding(zeros(c.content), c.compressed)); err != c.err || err == nil && n != c.content {
			t.Errorf("%d bytes of %d: %d, %v", c.content, c.compressed, n, err)
		}
	}
	if e := newExpanding(nil, maxContent/maxExpansion); e.over != abi.LimitContent || e.left != maxContent {
		t.Errorf("%+v", e)
	}
	// A frame that looks back further than any usual writer does.
	far := zstded(t, bytes.Repeat([]byte("a,b\n1,2\n"), 100), zstd.WithSingleSegment(false), zstd.WithWindowSize(zstd.MaxWindowSize))
	far[5] = 0xff // its window is the largest that can be written
	req := &abi.IngestRequest{Format: abi.FormatCSV, Compression: abi.CompressionZstd, Columns: []abi.IngestColumn{column(t, "a", "text")}}
	if u := ingestAs(t, req, far); u.err != abi.Over(abi.LimitWindow) {
		t.Errorf("a window: %v", u.err)
	}
}

// A tsv has no quotes and no escapes; a csv with tabs has the quotes of any csv.
func TestTSV(t *testing.T) {
	text := "a\tb\r\n\"1\t\\N\r\n5\" 3\tx\"y\n\"\"\t2\t\n\t\n"
	req := &abi.IngestRequest{Format: abi.FormatTSV, Columns: []abi.IngestColumn{column(t, "a", "text"), column(t, "b", "text", `\N`)}}
	u := ingestAs(t, req, []byte(text))
	if u.err != nil || fmt.Sprintf("%q", u.rows) != `[["\"1" "∅"] ["5\" 3" "x\"y"] ["" ""]]` || fmt.Sprint(u.quarantine) != "[3 4  ragged]" {
		t.Errorf("%v %q %q", u.err, u.rows, u.quarantine)
	}
	req.Format, req.Delimiter = abi.FormatCSV, "\t"
	if u := ingestAs(t, req, []byte("a\tb\n\"1\t\n2\"\t3\n")); fmt.Sprintf("%q", u.rows) != `[["1\t\n2" "3"]]` {
		t.Errorf("%v %q", u.err, u.rows)
	}
}

// Of a null spelling it does not matter how many blanks are around it; its case
// and width do.
func TestNullSpellings(t *testing.T) {
	text := "n,s\n" + strings.Join([]string{
		",", " ,\u3000", "\u00a0,\t", "NULL,NULL", " NULL ,\u3000NULL\u3000", `\N,\N`, "-,-", "—,—", "无,无", "不详,不详", "ＮＵＬＬ,ＮＵＬＬ", "null,null", "N ULL,x",
	}, "\n") + "\n"
	nulls := []string{"", "NULL", `\N`, "-", "—", "无", "不详"}
	u := ingestText(t, text, column(t, "n", "integer", nulls...), column(t, "s", "text", nulls...))
	if len(u.rows) != 10 || strings.Count(fmt.Sprint(u.rows), "∅") != 20 || fmt.Sprint(u.quarantine) != "[11 12 n unparsable 12 13 n unparsable 13 14 n unparsable]" {
		t.Errorf("%q %q", u.rows, u.quarantine)
	}
	// A spelling with blanks may be declared; without "" a blank is text.
	u = ingestText(t, "s\n NULL \nNULL\n\u3000\n", column(t, "s", "text", " NULL "))
	if fmt.Sprintf("%q", u.rows) != `[["∅"] ["NULL"] ["\u3000"]]` {
		t.Errorf("%q", u.rows)
	}
	required := column(t, "s", "text", "")
	required.Required = true
	if u := ingestText(t, "s,x\n\u3000 ,1\n", required); fmt.Sprint(u.quarantine) != "[1 2 s missing-value]" {
		t.Errorf("%q", u.quarantine)
	}
}

// Full-width numbers and times are read and counted, in rows that are kept.
func TestFullWidthIsCounted(t *testing.T) {
	u := ingestText(t, "n,d,s\n１２,２０２４－０１－０２,１\n3,2024/01/02,２\n４,x,３\n",
		column(t, "n", "integer"), column(t, "d", "date"), column(t, "s", "text"))
	if fmt.Sprint(u.rows) != "[[12 19724 １] [3 19724 ２]]" || fmt.Sprint(u.summary) != "[3 2 1 0 2]" {
		t.Errorf("%q %v", u.rows, u.summary)
	}
}

// The transcoder gives what the library gives for text without a fault, in any
// pieces, and never a replacement character of its own.
func FuzzTranscode(f *testing.F) {
	for _, encoding := range []string{abi.EncodingGBK, abi.EncodingGB18030, abi.EncodingUTF16LE, abi.EncodingUTF16BE} {
		f.Add(encoded(f, strings.ReplaceAll(hospital, "𠮷野家㐂", "€"), encoding), encoding)
		for i := range 8 { // beside ASCII, at each place of a word
			f.Add(encoded(f, strings.Repeat("a", i)+"中"+strings.Repeat("a", 9)+"à", encoding), encoding)
		}
	}
	f.Add([]byte("\x81\x30\x81\x30\x90\x30\x81\x30\xe3\x32\x9a\x35\x84\x31\xa4\x37"), abi.EncodingGB18030)
	f.Add([]byte("\x80\xff\x81\x7f\xa2\xa0\xfe\xfe\x81"), abi.EncodingGBK)
	f.Add([]byte("\x3d\xd8\x00\xdea\x00\x00\xd8"), abi.EncodingUTF16LE)
	f.Fuzz(func(t *testing.T, b []byte, encoding string) {
		library := map[string]io.Reader{
			abi.EncodingGBK:     simplifiedchinese.GBK.NewDecoder().Reader(bytes.NewReader(b)),
			abi.EncodingGB18030: simplifiedchinese.GB18030.NewDecoder().Reader(bytes.NewReader(b)),
			abi.EncodingUTF16LE: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Reader(bytes.NewReader(b)),
			abi.EncodingUTF16BE: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Reader(bytes.NewReader(b)),
		}[encoding]
		if library == nil {
			return
		}
		read := func(in io.Reader) []byte {
			tr := newTranscoder(in, encoding)
			tr.same.broken = true
			out, err := io.ReadAll(tr)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		got := read(bytes.NewReader(b))
		if again := read(iotest.OneByteReader(bytes.NewReader(b))); !bytes.Equal(got, again) {
			t.Fatalf("%q in pieces: %q, else %q", b, again, got)
		}
		want, err := io.ReadAll(library)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(got, noCharacter) < 0 && !bytes.Equal(got, want) {
			t.Fatalf("%q: %q, the library says %q", b, got, want)
		}
		// The library takes four bytes of GB18030 whose second is no digit; so it is believed
		// only where it writes the same bytes again.
		clean := !bytes.Contains(want, []byte("\ufffd")) && bytes.Equal(encoded(t, string(want), encoding), b)
		if clean && !bytes.Equal(got, want) {
			t.Fatalf("%q: %q, the library says %q", b, got, want)
		}
	})
}

// A text of each encoding is detected, from its first line on, also if it ends
// within a character.
func TestDetectEncoding(t *testing.T) {
	text := "身份证号,姓名,就诊日期,费用\n530102199003070011,李明,2024-03-08,120.00\n530102199003070038,王芳,2024-03-09,36.50\n"
	for _, encoding := range []string{abi.EncodingUTF8, abi.EncodingGB18030, abi.EncodingUTF16LE, abi.EncodingUTF16BE} {
		b := encoded(t, text, encoding)
		if d := detectEncoding(b, true); d != (detected{encoding, true, 0}) {
			t.Errorf("%s: %+v", encoding, d)
		}
		for n := len(b) / 2; n < len(b); n++ {
			if d := detectEncoding(b[:n], false); d.encoding != encoding {
				t.Errorf("%s: %d bytes: %+v", encoding, n, d)
			}
		}
	}
	for name, c := range map[string]struct {
		bytes string
		want  detected
	}{
		"nothing":               {"", detected{abi.EncodingUTF8, false, 0}},
		"ASCII":                 {"a,b\n1,2\n", detected{abi.EncodingUTF8, false, 0}},
		"a zero byte":           {"a,b\n1,\x00\n" + strings.Repeat("3,4\n", 50), detected{abi.EncodingUTF8, false, 0}},
		"one, in few":           {"a,b\n1,x\x00y\n2,z\n", detected{abi.EncodingUTF8, false, 0}},
		"zeros in a row":        {"a,b\n1,x\x00\x00\x00\x00y\n2,z\n3,z\n", detected{abi.EncodingUTF8, false, 0}},
		"one broken byte":       {"a,b\ncaf\xe9,2\n" + strings.Repeat("3,4\n", 50), detected{abi.EncodingUTF8, false, 0}},
		"broken UTF-8":          {strings.Repeat("医院,2\n", 9) + "\xe5\n", detected{abi.EncodingUTF8, true, 0}},
		"a famous word of GBK":  {"\xc1\xaa\xcd\xa8\n", detected{abi.EncodingGB18030, false, 0}},
		"Big5":                  {"\xa4\xa4\xa4\xe5\xc2\xbe\xb0\x7c\xb6\x4f\xa5\xce\xb3\xf8\xaa\xed\xac\x4f\xa5\xfe", detected{}},
		"Latin-1":               {"caf\xe9 na\xefve \xe0 d\xe9j\xe0 vu r\xe9sum\xe9 \xfcber stra\xdfe gr\xf6\xdfe", detected{}},
		"what is no text":       {"\x89PNG\r\n\x1a\n\xff\xd8\xff\xe0\xf0\x9f\x92\xc3\x28\xa0\xa1\xe2\x28\xa1\xf8\x88\x80\x80\x80", detected{}},
		"UTF-32 by its mark":    {"\xff\xfe\x00\x00a\x00\x00\x00", detected{abi.EncodingUTF16LE, true, 2}},
		"GB18030 with its mark": {"\x84\x31\x95\x33a\n", detected{abi.EncodingGB18030, true, 4}},
	} {
		if d := detectEncoding([]byte(c.bytes), true); d != c.want {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func BenchmarkTranscode(b *testing.B) {
	line := "530102199003070011,昆明市第一人民医院,循环系统疾病,2024-03-08,120.00\n"
	for _, encoding := range []string{abi.EncodingGBK, abi.EncodingGB18030, abi.EncodingUTF16LE} {
		text := bytes.Repeat(encoded(b, line, encoding), 20_000)
		b.Run(encoding, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, newTranscoder(bytes.NewReader(text), encoding)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
