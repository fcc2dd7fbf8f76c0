package hostile

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"

	"github.com/klauspost/compress/zstd"
)

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := must(gzip.NewWriterLevel(&out, gzip.BestSpeed))
	must(w.Write(b))
	must(0, w.Close())
	return out.Bytes()
}

func zstdOf(b []byte) []byte {
	w := must(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)))
	defer w.Close()
	return w.EncodeAll(b, nil)
}

// part is one of an archive.
type part struct{ name, content string }

func zipped(parts ...part) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range parts {
		f := must(w.Create(p.name))
		must(io.WriteString(f, p.content))
	}
	must(0, w.Close())
	return out.Bytes()
}
