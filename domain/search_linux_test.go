//go:build linux && cgo

package domain

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yingbi/table"
)

// evidence is the least number of bytes of a value, as it is encoded, that is
// taken as a sign of it. Of some 40,000 needles a few hundred are as short as
// that; that 10 MB of random bytes hold one of them has a chance of 1 in 100,000.
const evidence = 6

// needle is a raw value in one of the forms in which it could leak.
type needle struct{ column, value, form string }

// search finds any of many needles in one pass: by their first six bytes, then
// by the lengths that begin so.
type search struct {
	needles []needle
	whole   map[string][]int // indices of needles, by their bytes
	lengths map[uint64][]int // of the needles that start so
	filter  []uint64         // a bit for each hash of a start
}

func newSearch() *search {
	return &search{whole: map[string][]int{}, lengths: map[uint64][]int{}, filter: make([]uint64, 1<<18)}
}

func start(b []byte) uint64 {
	return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32
}

func slot(start uint64) (word, bit uint64) {
	h := start * 0x9e3779b97f4a7c15 >> 40
	return h >> 6, 1 << (h & 63)
}

// add takes a value in every form.
func (s *search) add(column, value string) {
	for form, b := range forms(value) {
		known := slices.ContainsFunc(s.whole[string(b)], func(n int) bool { return s.needles[n].form == form })
		if len(b) < evidence || known {
			continue
		}
		at := start(b)
		word, bit := slot(at)
		s.filter[word] |= bit
		if !slices.Contains(s.lengths[at], len(b)) {
			s.lengths[at] = append(s.lengths[at], len(b))
		}
		s.whole[string(b)] = append(s.whole[string(b)], len(s.needles))
		s.needles = append(s.needles, needle{column, value, form})
	}
}

// forms gives a value as UTF-8 and GBK, and each of the two as it stands in a
// longer run of hex or base64. A value that is too short in one of the two
// encodings is left out in all forms of it.
func forms(value string) map[string][]byte {
	out := map[string][]byte{}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(value)
	for encoding, text := range map[string]string{"utf-8": value, "gbk": gbk} {
		if len(text) < evidence || encoding == "gbk" && (err != nil || text == value) {
			continue
		}
		out[encoding] = []byte(text)
		out[encoding+" hex"] = []byte(hex.EncodeToString([]byte(text)))
		out[encoding+" HEX"] = []byte(strings.ToUpper(hex.EncodeToString([]byte(text))))
		for lead := range 3 {
			for name, alphabet := range alphabets {
				out[encoding+" base64 "+name+string(rune('0'+lead))] = inBase64(alphabet, text, lead)
			}
		}
	}
	return out
}

var alphabets = map[string]*base64.Encoding{"std": base64.RawStdEncoding, "url": base64.RawURLEncoding}

// inBase64 gives the characters that depend on the text alone when so many bytes
// stand before it.
func inBase64(alphabet *base64.Encoding, text string, lead int) []byte {
	encoded := alphabet.EncodeToString([]byte(strings.Repeat("\x00", lead) + text))
	return []byte(encoded[(lead*8+5)/6 : (lead+len(text))*8/6])
}

// in gives the indices of the needles that are in the bytes.
func (s *search) in(haystack []byte) map[int]bool {
	found := map[int]bool{}
	for i := 0; i+evidence <= len(haystack); i++ {
		at := start(haystack[i:])
		if word, bit := slot(at); s.filter[word]&bit == 0 {
			continue
		}
		for _, length := range s.lengths[at] {
			end := min(i+length, len(haystack))
			if amongHex(haystack, i, end) {
				continue
			}
			for _, n := range s.whole[string(haystack[i:end])] {
				found[n] = true
			}
		}
	}
	return found
}

// amongHex reports whether a few decimal digits are part of a longer run of
// hexadecimal ones. A nonce or a digest has any six of them by chance: of a log of
// some megabytes, written in hex, one in a few holds some number of the data.
func amongHex(b []byte, from, to int) bool {
	if to-from >= 2*evidence || bytes.ContainsFunc(b[from:to], func(r rune) bool { return r < '0' || r > '9' }) {
		return false
	}
	hexadecimal := func(i int) bool { return i >= 0 && i < len(b) && strings.IndexByte("0123456789abcdef", b[i]) >= 0 }
	return hexadecimal(from-1) || hexadecimal(to)
}

// file gives what is in a file, and in the rows of one that is Parquet.
func (s *search) file(path string) (map[int]bool, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	found := s.in(b)
	if bytes.HasPrefix(b, []byte("PAR1")) {
		text, err := parquetText(b)
		if err != nil {
			return nil, err
		}
		for n := range s.in(text) {
			found[n] = true
		}
	}
	return found, nil
}

// folder gives what is in each file below a folder, and how many bytes those
// have.
func (s *search) folder(t testing.TB, dir string) (found map[string]map[int]bool, size int64) {
	t.Helper()
	found = map[string]map[int]bool{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		size += info.Size()
		hits, err := s.file(path)
		if len(hits) > 0 {
			found[path] = hits
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, size
}

// sealed holds that no needle is in any file below a folder, and gives how many
// bytes it looked at.
func (s *search) sealed(t testing.TB, dir string) int64 {
	t.Helper()
	found, size := s.folder(t, dir)
	for path, hits := range found {
		s.tell(t, path, hits)
	}
	return size
}

// nowhere holds that no needle is in the bytes.
func (s *search) nowhere(t testing.TB, what string, haystack []byte) {
	t.Helper()
	s.tell(t, what, s.in(haystack))
}

func (s *search) tell(t testing.TB, what string, hits map[int]bool) {
	t.Helper()
	for n := range hits {
		t.Errorf("%s holds %s of column %s, as %s", what, s.needles[n].value, s.needles[n].column, s.needles[n].form)
	}
}

// parquetText renders every value of a Parquet file as a CSV would have it.
func parquetText(b []byte) ([]byte, error) {
	in, err := table.NewReader(table.Source{ReaderAt: bytes.NewReader(b), Size: int64(len(b))}, nil)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for {
		rec, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		for row := range int(rec.NumRows()) {
			for _, column := range rec.Columns() {
				out.WriteString(valueText(column, row))
				out.WriteByte(',')
			}
			out.WriteByte('\n')
		}
	}
}

func valueText(column arrow.Array, row int) string {
	if column.IsNull(row) {
		return ""
	}
	switch c := column.(type) {
	case *array.Date32:
		return c.Value(row).FormattedString()
	case *array.Decimal128: // whose ValueStr drops zeros
		return c.Value(row).ToString(c.DataType().(*arrow.Decimal128Type).Scale)
	}
	return column.ValueStr(row)
}

// everyObject opens every sealed object of the domain and gives its bytes, with
// the rows of Parquet as text, by compartment and name.
func (f *fixture) everyObject() map[string][]byte {
	f.t.Helper()
	out := map[string][]byte{}
	for _, compartment := range f.ledger.Compartments() {
		c, err := f.as("li").compartment(f.t.Context(), compartment, "test")
		if err != nil {
			f.t.Fatal(err)
		}
		for _, name := range c.Names() {
			b, err := c.Read(context.Background(), name, 1<<30)
			if err != nil {
				f.t.Fatal(err)
			}
			out[compartment+" "+name] = b
		}
		c.Close()
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
