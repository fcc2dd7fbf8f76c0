package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"yingbi/internal/fault"
)

// openFile opens a file that the user named.
func (u *ui) openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, u.unreadable(path, err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = u.fault(fault.Invalid, "%s is a folder; name a file", "%s 是目录；请指定文件", path)
	}
	if err != nil {
		f.Close() // nothing was written to it
		return nil, err
	}
	return f, nil
}

// openFiles opens the files that the user named; a folder stands for the files in
// it, by name, without hidden ones and folders.
func (u *ui) openFiles(paths []string) (files []*os.File, closeAll func(), err error) {
	closeAll = func() {
		for _, f := range files {
			f.Close() // nothing was written to it
		}
	}
	for _, path := range paths {
		names := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			if names, err = u.filesIn(path); err != nil {
				return nil, closeAll, err
			}
		}
		for _, name := range names {
			f, err := u.openFile(name)
			if err != nil {
				return nil, closeAll, err
			}
			files = append(files, f)
		}
	}
	return files, closeAll, nil
}

func (u *ui) filesIn(folder string) (paths []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, u.unreadable(folder, err)
	}
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	if len(paths) == 0 {
		return nil, u.fault(fault.NotFound, "there is no file in %s", "%s 中没有文件", folder)
	}
	return paths, nil
}

// readFile reads a file that the user named, and no more than max bytes of it:
// whoever parses them refuses what is longer.
func (u *ui) readFile(path string, max int64) ([]byte, error) {
	f, err := u.openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, max))
}

// needFolder refuses what is no folder, before anything speaks of what it lacks.
func (u *ui) needFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return u.unreadable(path, err)
	}
	if !info.IsDir() {
		return u.fault(fault.Invalid, "%s is a file; name its folder", "%s 是文件；请指定其所在目录", path)
	}
	return nil
}

func (u *ui) unreadable(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return u.fault(fault.NotFound, "there is no %s", "%s 不存在", path)
	case errors.Is(err, fs.ErrPermission):
		return u.fault(fault.Denied, "%s may not be read by this user", "当前用户无权读取 %s", path)
	}
	return err
}

// writeNew writes a file that must not exist yet.
func (u *ui) writeNew(path string, mode os.FileMode, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	switch {
	case errors.Is(err, fs.ErrExist):
		return u.fault(fault.Conflict, "%s exists; move it away or name another file", "%s 已存在；请移走或另指定文件", path)
	case errors.Is(err, fs.ErrNotExist):
		return u.fault(fault.NotFound, "the folder of %s does not exist; make it first", "%s 所在目录不存在；请先建立", path)
	case err != nil:
		return u.unreadable(path, err)
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
