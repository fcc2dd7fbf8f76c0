//go:build cgo

package cell

import (
	"io"

	"golang.org/x/sys/unix"

	"yingbi/sandbox/abi"
)

// descriptor is an inherited file, read by position: its offset is shared with the
// parent. An os.File could not be made behind the locks: it asks for the flags.
type descriptor int

func (d descriptor) ReadAt(b []byte, at int64) (n int, err error) {
	for n < len(b) {
		m, err := unix.Pread(int(d), b[n:], at+int64(n))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return n, err
		case m == 0:
			return n, io.EOF
		default:
			n += m
		}
	}
	return n, nil
}

// openInput finds the size of an input, which must be a file.
func openInput(fd int) (descriptor, int64, error) {
	var s unix.Stat_t
	if err := unix.Fstat(fd, &s); err != nil || s.Mode&unix.S_IFMT != unix.S_IFREG {
		return 0, 0, abi.Failure{Code: abi.FailRequest}
	}
	return descriptor(fd), s.Size, nil
}

// readInput gives an input as a whole, which is sealed: mapped and not copied, for
// reading only, until the end of the process.
func readInput(fd int) ([]byte, error) {
	_, size, err := openInput(fd)
	if err != nil || size == 0 {
		return nil, err
	}
	return unix.Mmap(fd, 0, int(size), unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_POPULATE)
}
