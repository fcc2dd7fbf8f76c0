//go:build cgo

package cell

import (
	"os"

	"yingbi/sandbox/abi"
)

// prepareIngest takes the upload's descriptor. Its bytes are read after the locks.
func prepareIngest(req *abi.IngestRequest) (run, error) {
	upload := os.NewFile(abi.InputFD, "upload")
	if upload == nil {
		return nil, abi.Failure{Code: abi.FailRequest}
	}
	return func(out *answers) error {
		if req.Format == "parquet" {
			return ingestParquet(req, upload, out)
		}
		return ingestCSV(req, upload, out)
	}, nil
}
