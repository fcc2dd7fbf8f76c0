package cell

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"yingbi/sandbox/abi"
)

// What an upload may expand to: the values behind abi.LimitExpansion,
// LimitContent and LimitWindow.
const (
	maxExpansion  = 256
	freeExpansion = 64 << 20
	maxContent    = 256 << 30
	maxWindow     = 128 << 20
)

// compressionOf tells by the first bytes how a file is compressed.
func compressionOf(in io.ReaderAt) string {
	var magic [4]byte
	n, _ := in.ReadAt(magic[:], 0)
	switch {
	case n >= 2 && magic[0] == 0x1f && magic[1] == 0x8b:
		return abi.CompressionGzip
	case n == 4 && string(magic[:]) == "\x28\xb5\x2f\xfd",
		n == 4 && magic[0]>>4 == 5 && string(magic[1:]) == "\x2a\x4d\x18": // a skippable frame
		return abi.CompressionZstd
	}
	return abi.CompressionNone
}

// decompress gives the content of a file. Its end is the end of the last member
// or frame, with its checksum where it has one; anything less, or more, is
// abi.FailArchive.
func decompress(in *io.SectionReader, compression string) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, blockSize)
	var plain io.Reader
	var err error
	switch compression {
	case abi.CompressionGzip:
		plain, err = gzip.NewReader(buffered)
	case abi.CompressionZstd:
		plain, err = decompressZstd(buffered)
	default:
		return in, nil
	}
	if err != nil {
		return nil, archiveFailure(err)
	}
	return newExpanding(plain, in.Size()), nil
}

// decompressZstd uses one goroutine, its caller's, and no buffers beyond the
// window.
func decompressZstd(in io.Reader) (io.Reader, error) {
	return zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxContent))
}

// expanding reads what was compressed, up to the limits.
type expanding struct {
	in   io.Reader
	left int64
	over abi.Limit // that is exceeded by one byte more
}

// newExpanding limits what comes of compressed bytes.
func newExpanding(in io.Reader, compressed int64) *expanding {
	if compressed >= maxContent/maxExpansion {
		return &expanding{in: in, left: maxContent, over: abi.LimitContent}
	}
	return &expanding{in: in, left: max(freeExpansion, compressed*maxExpansion), over: abi.LimitExpansion}
}

func (e *expanding) Read(p []byte) (int, error) {
	if int64(len(p)) > e.left+1 {
		p = p[:e.left+1] // one more byte, to see that there is more
	}
	n, err := e.in.Read(p)
	if e.left -= int64(n); e.left < 0 {
		return 0, abi.Over(e.over)
	}
	if err != nil && err != io.EOF {
		err = archiveFailure(err)
	}
	return n, err
}

// archiveFailure is what an error of a decompressor means. Its text stays here.
func archiveFailure(err error) error {
	switch {
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return abi.Over(abi.LimitWindow)
	case errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return abi.Over(abi.LimitContent)
	}
	return abi.Failure{Code: abi.FailArchive}
}
