package cell

import (
	"cmp"
	"io"

	"yingbi/sandbox/abi"
)

// ingest reads an upload into out, as the request says that it is written.
func ingest(req *abi.IngestRequest, in *io.SectionReader, out *answers) error {
	if req.Format == abi.FormatCSV || req.Format == abi.FormatTSV {
		t, err := openText(in, cmp.Or(req.Compression, abi.CompressionNone), cmp.Or(req.Encoding, abi.EncodingUTF8))
		if err != nil {
			return err
		}
		defer t.close()
		return ingestCSV(req, t, out)
	}
	if found := sniff(in); found != req.Format {
		return abi.NotA(abi.FailFormat, found)
	}
	if req.Format == abi.FormatXLSX {
		return ingestXLSX(req, in, out)
	}
	return ingestParquet(req, in, out)
}

// sniff tells a file that is not compressed text by its first bytes; "" is any
// other.
func sniff(in io.ReaderAt) string {
	var head [8]byte
	n, _ := in.ReadAt(head[:], 0)
	return formatOf(head[:n])
}
