// Package durable writes small files so that a power cut leaves the old one or
// the new one, whole. Any package may import it; it imports nothing of ours.
package durable

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// WriteFile puts content, readable by its owner alone, in place of dir/name, and
// returns when both the bytes and the name are durable.
func WriteFile(dir, name string, content []byte) error {
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
	return errors.Join(d.Sync(), d.Close())
}
