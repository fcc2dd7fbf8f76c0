//go:build linux && cgo

package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// book is a workbook of n rows.
func book(t testing.TB, n int) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	err = w.SetRow("A1", []any{"编号", "名称", "费用"})
	for i := range n {
		err = errors.Join(err, w.SetRow(fmt.Sprintf("A%d", i+2), []any{i, "市第一人民医院", 1.5}))
	}
	var out bytes.Buffer
	if err := errors.Join(err, w.Flush(), f.Write(&out)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Uploads of every kind in real cells: what an inspection says is what an import
// reads.
func TestUploadCells(t *testing.T) {
	text := "编号,名称,费用\n0,市第一人民医院,1.5\n1,市第一人民医院,NULL\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(gbk)); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	zw, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := realSandbox(t)
	for want, content := range map[string]string{
		"csv none utf-8": text, "csv none gb18030": gbk, "csv gzip gb18030": zipped.String(), "csv zstd utf-8": string(zw.EncodeAll([]byte(text), nil)),
		"xlsx  ": book(t, 2),
	} {
		file := mustSeal(t, content)
		in, err := s.Inspect(t.Context(), abi.InspectRequest{}, file, ample)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if got := fmt.Sprint(in.Format, " ", in.Compression, " ", in.Encoding); got != want || !in.Header || !in.Complete || in.Rows != 2 || len(in.Columns) != 3 {
			t.Errorf("%s: %+v", want, in)
		}
		var columns []abi.IngestColumn
		for i, c := range in.Columns {
			col := abi.IngestColumn{Name: fmt.Sprint("c", i), Source: c.Name, Type: c.Type}
			for _, s := range c.Spellings {
				col.Nulls = append(col.Nulls, s.Text)
			}
			columns = append(columns, col)
		}
		nothing := func(*abi.Frame) error { return nil }
		sum, err := s.Ingest(t.Context(), in.Request(columns), file, ample, sandbox.IngestSink{Rows: nothing, Quarantine: nothing})
		if err != nil || sum != (sandbox.IngestSummary{Read: 2, Kept: 2}) {
			t.Errorf("%s: %+v, %v", want, sum, err)
		}
	}
	_, err = s.Inspect(t.Context(), abi.InspectRequest{Encoding: abi.EncodingUTF8}, mustSeal(t, gbk), ample)
	var f *sandbox.Failure
	if !errors.As(err, &f) || f.Code != abi.FailEncoding || (abi.Failure{Code: f.Code, At: f.At}).Found() != abi.EncodingGB18030 {
		t.Errorf("GBK said to be UTF-8: %v", err)
	}
}

// A cell that has a tenth of its usual memory reads a workbook all the same: it is
// a stream.
func TestWorkbookInLittleMemory(t *testing.T) {
	rows := 0
	lim := sandbox.Limits{Memory: 100 << 20, Wall: time.Minute, Output: 64 << 20}
	req := abi.IngestRequest{Format: abi.FormatXLSX, Columns: []abi.IngestColumn{{Name: "n", Source: "编号", Type: integer.Type}}}
	_, err := realSandbox(t).Ingest(t.Context(), req, mustSeal(t, book(t, 30_000)), lim, sandbox.IngestSink{
		Rows: func(f *abi.Frame) error { rows += f.Rows; return nil }, Quarantine: func(*abi.Frame) error { return nil },
	})
	if err != nil || rows != 30_000 {
		t.Errorf("%d rows, %v", rows, err)
	}
}
