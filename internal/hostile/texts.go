package hostile

import (
	"bytes"
	"strings"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// Texts lists hostile csv and tsv files.
func Texts() []Upload {
	utf8, gbk, gb18030 := csv("", ""), csv("", abi.EncodingGBK), csv("", abi.EncodingGB18030)
	le, utf16 := csv("", abi.EncodingUTF16LE), csv("", abi.EncodingUTF16)
	tsv := utf8
	tsv.Format = abi.FormatTSV
	number := csv("", "")
	number.Columns[1].Type = coltype.Type{Kind: coltype.Integer}
	b := func(s string) []byte { return []byte(s) }
	wide := func(s string) []byte { // as UTF-16LE, of ASCII
		var out []byte
		for _, c := range []byte(s) {
			out = append(out, c, 0)
		}
		return out
	}
	long := strings.Repeat("x", 1<<20)
	const head = "a,b\n"
	return []Upload{
		refused("nothing", nil, utf8, failure(abi.FailFormat)),
		refused("one byte", b("a"), utf8, abi.Failure{Code: abi.FailMissingColumn, At: 2}),
		refused("one byte of no character", b("\xff"), utf8, failure(abi.FailEncoding)),
		refused("a mark and nothing", b("\ufeff"), utf8, failure(abi.FailFormat)),
		refused("half a mark of UTF-16", b("\xff"), utf16, failure(abi.FailEncoding)),
		refused("a mark of UTF-32", b("\xff\xfe\x00\x00a\x00\x00\x00"), utf8, abi.NotA(abi.FailEncoding, abi.EncodingUTF16LE)),
		refused("a quote", b(`"`), utf8, failure(abi.FailFormat)),
		refused("a header whose quote is never closed", b("a,\"b\n1,2\n"), utf8, failure(abi.FailFormat)),
		refused("a header of 2 MiB", b(long+long+",a,b\n1,2,3\n"), utf8, failure(abi.FailFormat)),
		refused("2,001 columns", b(strings.Repeat("x,", abi.MaxColumns-1)+head), utf8, failure(abi.FailTooWide)),
		refused("a million columns", b(strings.Repeat("x,", 1<<20)+head), utf8, failure(abi.FailTooWide)),
		refused("a name twice", b("a,b,a\n1,2,3\n"), utf8, abi.Failure{Code: abi.FailAmbiguousColumn, At: 1}),
		refused("a zero in a short header", b("a\x00,b\n1,2\n"), utf8, abi.NotA(abi.FailEncoding, abi.EncodingUTF16LE)),
		refused("a name with a zero", b("a\x00,b\n"+strings.Repeat("1,2\n", 100)), utf8, abi.Failure{Code: abi.FailMissingColumn, At: 1}),
		refused("nothing but zeros", make([]byte, 1000), utf8, abi.Failure{Code: abi.FailMissingColumn, At: 1}),
		refused("a name with blanks", b(" a,b\n1,2\n"), utf8, abi.Failure{Code: abi.FailMissingColumn, At: 1}),
		refused("a name in full width", b("ａ,b\n1,2\n"), utf8, abi.Failure{Code: abi.FailMissingColumn, At: 1}),
		refused("a name with an invisible mark", b("a\u200b,b\n1,2\n"), utf8, abi.Failure{Code: abi.FailMissingColumn, At: 1}),
		refused("other delimiters", b("a;b\n1;2\n"), utf8, abi.NotA(abi.FailDelimiter, ";")),
		refused("UTF-8 said to be GBK", b("a,b\n"+strings.Repeat("一二三四五六七八,九\n", 3)), gbk, abi.NotA(abi.FailEncoding, abi.EncodingUTF8)),
		refused("a program", b("\x7fELF\x02\x01\x01"+strings.Repeat("\x00\xff\x90", 100)), utf8, failure(abi.FailEncoding)),

		read("only a header", b(head), utf8, 0, 0),
		read("a million empty lines", b(head+strings.Repeat("\n", 1<<20)), utf8, 0, 0),
		read("zeros in cells", b(head+"\x00,\x00\x00\n"+strings.Repeat("1,2\n", 100)), utf8, 101, 0),
		read("a quote that is never closed", b(head+"1,\"2\n3,4\n5,6\n"), utf8, 2, 1, abi.ReasonQuote),
		read("100,000 lines that each open a quote", b(head+strings.Repeat("1,\"2\n", 100_000)), utf8, 0, 100_000, abi.ReasonQuote),
		read("a cell of 2 MiB", b(head+long+long+",1\n1,2\n"), utf8, 1, 1, abi.ReasonTooLong),
		read("a quoted cell of 2 MiB", b(head+`"`+long+long+"\",1\n1,2\n"), utf8, 1, 1, abi.ReasonQuote),
		read("a line of 32 MiB without an end", b(head+"1,2\n"+strings.Repeat(long, 32)), utf8, 1, 1, abi.ReasonTooLong),
		read("rows of any length", b(head+"1\n1,2\n1,2,3\n,\n"), utf8, 2, 2, abi.ReasonRagged),
		read("a row of a million cells", b(head+strings.Repeat(",", 1<<20-1)+"\n1,2\n"), utf8, 1, 1, abi.ReasonRagged),
		read("GBK among UTF-8", b(head+"1,一\n2,\xb6\xfe\n3,三\n"), utf8, 2, 1, abi.ReasonUTF8),
		read("overlong and impossible UTF-8", b(head+"1,\xc0\x80\n2,\xed\xa0\x80\n3,\xf4\x90\x80\x80\n4,\xf8\x88\x80\x80\x80\n"), utf8, 0, 4, abi.ReasonUTF8),
		read("pairs that GBK does not have", b(head+"1,\xfe\xfe\n2,\xff\n3,\xd2\xbb\n"), gbk, 1, 2, abi.ReasonEncoding),
		read("a line end taken for a second byte", b(head+"1,\xd2\n2,\xd2\xbb\n"), gbk, 1, 1, abi.ReasonEncoding),
		read("four bytes beyond Unicode", b(head+"1,\xfe\x39\xfe\x39\n2,\x90\x30\x81\x30\n"), gb18030, 1, 1, abi.ReasonEncoding),
		read("half a pair of UTF-16", append(wide(head+"1,"), "\x00\xd8\n\x00"...), le, 0, 1, abi.ReasonEncoding),
		read("half a unit of UTF-16", append(wide(head+"1,2\n3,4"), 'x'), le, 1, 1, abi.ReasonEncoding),
		read("marks in the middle", b(head+"\ufeff1,2\n\ufeff3,\ufeff\n"), utf8, 2, 0),
		read("all ends of lines", b("a,b\r\n1,2\r\r\n3,4\n\r5,6\r\n"), utf8, 3, 0),
		read("controls and directions of writing", b(head+"\x1b[2J\x07\x08,\u202e\u2066txt.exe\n"), utf8, 1, 0),
		read("formulas", b(head+"=cmd|'/c calc'!A0,\"=HYPERLINK(\"\"http://x\"\")\"\n"), utf8, 1, 0),
		read("numbers of all kinds", b(head+"1,1e999\n2,0x7f\n3,NaN\n4,99999999999999999999\n5,-9223372036854775809\n6, 1\n7,１\n"), number, 1, 6, abi.ReasonFormat, abi.ReasonRange),
		read("a tsv with quotes", b("a\tb\n\"1\t2\n\"\t\"\n"), tsv, 2, 0),
		read("a tsv with a tab too many", b("a\tb\n1\t2\t\n\t\n"), tsv, 1, 1, abi.ReasonRagged),
	}
}

// Archives lists hostile compressed texts.
func Archives() []Upload {
	gz, zst := csv(abi.CompressionGzip, ""), csv(abi.CompressionZstd, "")
	rows := []byte("a,b\n" + strings.Repeat("1,2\n", 1000))
	g, z := gzipped(rows), zstdOf(rows)
	archive, zeros := failure(abi.FailArchive), make([]byte, 80<<20)
	broken := bytes.Clone(g)
	broken[len(broken)-6] ^= 1 // its checksum
	bomb := abi.Over(abi.LimitExpansion)
	return []Upload{
		refused("a gzip header", g[:10], gz, archive),
		refused("half a gzip", g[:len(g)/2], gz, archive),
		refused("a gzip without its last byte", g[:len(g)-1], gz, archive),
		refused("a gzip with another checksum", broken, gz, archive),
		refused("a gzip and a byte", append(bytes.Clone(g), 'x'), gz, archive),
		refused("a gzip and a text", append(bytes.Clone(g), rows...), gz, archive),
		refused("a gzip and half of another", append(bytes.Clone(g), g[:len(g)/2]...), gz, archive),
		refused("a gzip of nothing", gzipped(nil), gz, failure(abi.FailFormat)),
		refused("10,000 gzips of nothing", bytes.Repeat(gzipped(nil), 10_000), gz, failure(abi.FailFormat)),
		refused("80 MiB of zeros", gzipped(zeros), gz, bomb),
		refused("80 MiB of one cell", gzipped(append([]byte("a,b\n1,"), bytes.Repeat([]byte("x"), 80<<20)...)), gz, bomb),
		refused("a gzip of a gzip", gzipped(g), gz, abi.NotA(abi.FailEncoding, abi.EncodingUTF16BE)),
		refused("a gzip said to be zstd", g, zst, abi.NotA(abi.FailCompression, abi.CompressionGzip)),
		refused("a gzip said to be plain", g, csv("", ""), abi.NotA(abi.FailCompression, abi.CompressionGzip)),
		refused("a zip said to be plain", zipped(part{"a.csv", "a,b\n1,2\n"}), csv("", ""), abi.NotA(abi.FailFormat, abi.FormatXLSX)),
		refused("half a zstd", z[:len(z)/2], zst, archive),
		refused("a zstd and a byte", append(bytes.Clone(z), 'x'), zst, archive),
		refused("zstd of zeros", zstdOf(zeros), zst, bomb),
		refused("a zstd that is all to be skipped", []byte("\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"), zst, failure(abi.FailFormat)),
		refused("a zstd that skips 4 GiB", []byte("\x50\x2a\x4d\x18\xff\xff\xff\xff"), zst, archive),
		refused("a zstd with a window of 2 GiB", append([]byte("\x28\xb5\x2f\xfd\x00\xa8"), z[6:]...), zst, abi.Over(abi.LimitWindow)),
		read("two gzips", append(bytes.Clone(g), g...), gz, 2001, 0),
		read("two zstds", append(bytes.Clone(z), z...), zst, 2001, 0),
	}
}
