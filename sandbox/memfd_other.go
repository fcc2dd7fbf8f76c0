//go:build !linux

package sandbox

import (
	"io"
	"os"

	"yingbi/internal/fault"
)

// SealedFile refuses: sealed files in memory are Linux's.
func SealedFile(string, func(io.Writer) error) (*os.File, error) {
	return nil, fault.New(fault.Unsupported, "sealed files in memory need Linux: run the domain there")
}

func sealed(string, []byte) (*os.File, error) { return SealedFile("", nil) }
