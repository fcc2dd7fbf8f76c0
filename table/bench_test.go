package table

import (
	"errors"
	"io"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

func decimal(t testing.TB, s string) decimal128.Num {
	t.Helper()
	n, err := decimal128.FromString(s, 38, 1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func BenchmarkWrite(b *testing.B) {
	rec := toRecord(b, sample(0, groupRows, 7))
	b.SetBytes(int64(len(encode(b, sample(0, groupRows, 7)))))
	for b.Loop() {
		b.ReportMetric(float64(len(write(b, rec.Schema(), rec))), "file-bytes")
	}
}

func BenchmarkRead(b *testing.B) {
	rec := toRecord(b, sample(0, groupRows, 7))
	file := write(b, rec.Schema(), rec)
	b.SetBytes(int64(len(encode(b, sample(0, groupRows, 7)))))
	for b.Loop() {
		r := open(b, file, nil)
		for {
			if _, err := r.Next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
