//go:build cgo

package cell

import (
	"io"

	"yingbi/sandbox/abi"
)

// prepareIngest takes the upload's descriptor. Its bytes are read after the locks.
func prepareIngest(req *abi.IngestRequest) (run, error) {
	in, err := openUpload()
	if err != nil {
		return nil, err
	}
	return func(_ *abi.Request, out *answers) error { return ingest(req, in, out) }, nil
}

// prepareInspect does the same for a first look.
func prepareInspect(req *abi.InspectRequest) (run, error) {
	in, err := openUpload()
	if err != nil {
		return nil, err
	}
	return func(_ *abi.Request, out *answers) error { return inspect(req, in, out) }, nil
}

// openUpload gives the upload.
func openUpload() (*io.SectionReader, error) {
	file, size, err := openInput(abi.InputFD)
	return io.NewSectionReader(file, 0, size), err
}
