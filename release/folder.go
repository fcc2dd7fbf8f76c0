package release

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"yingbi/internal/durable"
	"yingbi/internal/fault"

	"golang.org/x/text/unicode/norm"
)

// readFolder reads a folder of plain files within the limits.
func readFolder(fsys fs.FS) (map[string][]byte, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "the release folder cannot be read: %v", err)
	}
	files, total := map[string][]byte{}, 0
	for _, e := range entries {
		if !e.Type().IsRegular() {
			return nil, mismatch("%s is not a plain file, and not part of the release: remove it, or verify a fresh copy", e.Name())
		}
		b, err := readFile(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		if total += len(b); total > maxFolder || len(files) > maxEntries {
			return nil, mismatch("the folder holds more than a release can: is it the right one?")
		}
		files[norm.NFC.String(e.Name())] = b // some file systems store names in form D
	}
	return files, nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "%s cannot be read: %v", name, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "%s cannot be read: %v", name, err)
	}
	if len(b) > maxFile {
		return nil, mismatch("%s is larger than any file of a release", name)
	}
	return b, nil
}

// WriteFolder makes the folder dir with the files, whole or not at all, and
// returns when it is durable. A folder or file that exists is a fault.Conflict.
func WriteFolder(dir string, files map[string][]byte) error {
	dir = filepath.Clean(dir)
	if _, err := os.Lstat(dir); err == nil {
		return fault.Errorf(fault.Conflict, "%s exists; name a folder that does not", dir)
	}
	parent, base := filepath.Split(dir)
	parent = filepath.Clean(parent)
	tmp := filepath.Join(parent, "."+base+"-"+rand.Text())
	if err := os.Mkdir(tmp, 0o777); err != nil {
		return fault.Errorf(fault.Invalid, "the folder cannot be made: %v", err)
	}
	defer os.RemoveAll(tmp) // finds nothing, rightly, after the rename
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := writeFile(tmp, name, files[name]); err != nil {
			return err
		}
	}
	if err := durable.SyncFolder(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fault.Errorf(fault.Conflict, "the folder cannot be put in place: %v", err)
	}
	return durable.SyncFolder(parent)
}

func writeFile(dir, name string, content []byte) error {
	if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || name == "." {
		return fault.Errorf(fault.Invalid, "%q is not the name of a file", name)
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
