// Package durable writes small files so that a power cut leaves the old one or
// the new one, whole, and finds what it left of one that was being written. Any
// package may import it; of ours it imports fault alone.
package durable

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"syscall"

	"yingbi/internal/fault"
)

// WriteFile puts content, readable by its owner alone, in place of dir/name, and
// returns when both the bytes and the name are durable.
func WriteFile(dir, name string, content []byte) error {
	return Explain(writeFile(dir, name, content))
}

func writeFile(dir, name string, content []byte) error {
	tmp, err := os.CreateTemp(dir, "."+name+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails, rightly, after the rename
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return SyncFolder(dir)
}

// leftover is the name of a file that WriteFile was writing.
var leftover = regexp.MustCompile(`^\.(.+)-[0-9]+$`)

// Leftovers gives the files in a folder that WriteFile was writing under these
// names when its process ended: they were never in force.
func Leftovers(dir string, names ...string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if m := leftover.FindStringSubmatch(e.Name()); m != nil && slices.Contains(names, m[1]) && e.Type().IsRegular() {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, nil
}

// MakeFolder makes a folder that its owner alone may enter, and its name durable.
func MakeFolder(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = SyncFolder(filepath.Dir(filepath.Clean(dir)))
	}
	return Explain(err)
}

// SyncFolder makes the names in a folder durable. Windows cannot sync a folder,
// and keeps names in a journal.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return Explain(errors.Join(d.Sync(), d.Close()))
}

// Full reports whether an error says that no room is left: on the disk, or in the
// user's share of it.
func Full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// Explain makes an error that says so a fault.Limit which tells what to do, and
// leaves every other as it is.
func Explain(err error) error {
	var known *fault.Error
	if !Full(err) || errors.As(err, &known) {
		return err
	}
	return fault.Errorf(fault.Limit, "the disk is full, and what was half done does not count; make room and call again: %w", err)
}
