package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// sealsOfContent make a file in memory stay as it is, and their number with it.
const sealsOfContent = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK

// SealedFile makes a file in memory of what write writes, and seals it: nobody
// who gets the descriptor, this process included, can change a byte or its
// size. The file is open for reading only, at its start; the name is for people.
func SealedFile(name string, write func(io.Writer) error) (*os.File, error) {
	f, err := memoryFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := write(f); err != nil {
		return nil, err
	}
	if err := seal(f); err != nil {
		return nil, err
	}
	return forReading(f)
}

func sealed(name string, content []byte) (*os.File, error) {
	return SealedFile(name, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// memoryFile makes one that is empty and open.
func memoryFile(name string) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3; exec is seccomp's to stop then
		fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, fmt.Errorf("making a file in memory: %w", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

func seal(f *os.File) error {
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, sealsOfContent|unix.F_SEAL_SEAL); err != nil {
		return fmt.Errorf("sealing a file in memory: %w", err)
	}
	return nil
}

// forReading opens a file in memory once more.
func forReading(f *os.File) (*os.File, error) {
	return os.Open(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
}

// identity tells sealed files apart while they are open somewhere: what has the same
// has the same bytes for ever. ok is false for a file that can change.
func identity(f *os.File) (id string, ok bool) {
	var s unix.Stat_t
	seals, err := unix.FcntlInt(f.Fd(), unix.F_GET_SEALS, 0)
	if err != nil || seals&sealsOfContent != sealsOfContent || unix.Fstat(int(f.Fd()), &s) != nil {
		return "", false
	}
	return fmt.Sprintf("%d:%d", s.Dev, s.Ino), true
}

// copyFile copies a file, without moving its offset, which may be shared.
func copyFile(to, from *os.File) error {
	info, err := from.Stat()
	if err != nil {
		return err
	}
	for at := int64(0); at < info.Size(); {
		n, err := unix.Sendfile(int(to.Fd()), int(from.Fd()), &at, int(info.Size()-at))
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && err != unix.EINTR {
			return err
		}
	}
	return nil
}

// another gives a descriptor of our own for somebody's file.
func another(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
