package audit

import "io"

// The names in a log's folder.
const (
	logName        = "log"
	checkpointName = "checkpoint"
)

// file is what the log needs of *os.File; tests make it fail.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}
