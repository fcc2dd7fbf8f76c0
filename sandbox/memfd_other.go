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

func sealed(string, []byte) (*os.File, error)       { return SealedFile("", nil) }
func memoryFile(string) (*os.File, error)           { return SealedFile("", nil) }
func forReading(*os.File) (*os.File, error)         { return SealedFile("", nil) }
func another(*os.File) (*os.File, error)            { return SealedFile("", nil) }
func copyFile(_, _ *os.File) error                  { return nil }
func seal(*os.File) error                           { return nil }
func identity(*os.File) (id string, unchanged bool) { return "", false }
