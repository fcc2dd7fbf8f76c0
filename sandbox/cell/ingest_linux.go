//go:build cgo

package cell

import (
	"io"
	"os"

	"yingbi/sandbox/abi"
)

// prepareIngest takes the upload's descriptor. Its bytes are read after the locks.
func prepareIngest(req *abi.IngestRequest) (run, error) {
	in, err := openUpload()
	if err != nil {
		return nil, err
	}
	return func(out *answers) error { return ingest(req, in, out) }, nil
}

// prepareInspect does the same for a first look.
func prepareInspect(req *abi.InspectRequest) (run, error) {
	in, err := openUpload()
	if err != nil {
		return nil, err
	}
	return func(out *answers) error { return inspect(req, in, out) }, nil
}

// openUpload gives the upload by position: its offset is the parent's too.
func openUpload() (*io.SectionReader, error) {
	upload := os.NewFile(abi.InputFD, "upload")
	if upload == nil {
		return nil, abi.Failure{Code: abi.FailRequest}
	}
	info, err := upload.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, abi.Failure{Code: abi.FailRequest}
	}
	return io.NewSectionReader(upload, 0, info.Size()), nil
}
