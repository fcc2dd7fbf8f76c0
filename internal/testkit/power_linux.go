package testkit

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Power knows what of a folder would still be there if the power were cut: of a
// file what it held when it was last synced, and under the names that its folder
// held when that was last synced (POSIX promises no more).
type Power struct {
	root    string
	files   map[inode][]byte
	folders map[inode]map[string]inode
}

// inode is a file for as long as it lives: numbers are used again, so its birth
// belongs to it.
type inode struct {
	number uint64
	birth  int64
}

// NewPower takes everything that is in the folder as durable.
func NewPower(root string) (*Power, error) {
	p := &Power{root: root, files: map[inode][]byte{}, folders: map[inode]map[string]inode{}}
	return p, filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return p.durable(path, path)
	})
}

// Pass is the answer to a call that may happen. What it syncs is durable from now
// on; every write before it has happened.
func (p *Power) Pass(c *Call) syscall.Errno {
	if !c.Syncs() {
		return 0
	}
	from := c.descriptor(c.args[0])
	if c.Blind {
		from = c.Path
	}
	if p.durable(c.Path, from) != nil {
		return syscall.ESTALE // nobody expects it
	}
	return Done
}

// durable takes the present state of a file or folder, read through from.
func (p *Power) durable(path, from string) error {
	id, folder, err := identify(from)
	if err != nil {
		return err
	}
	if !folder {
		p.files[id], err = os.ReadFile(from)
		return err
	}
	p.folders[id], err = names(path)
	return err
}

func names(folder string) (map[string]inode, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	out := map[string]inode{}
	for _, e := range entries {
		if out[e.Name()], _, err = identify(filepath.Join(folder, e.Name())); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func identify(path string) (id inode, folder bool, err error) {
	var s unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO|unix.STATX_TYPE|unix.STATX_BTIME, &s); err != nil {
		return id, false, &os.PathError{Op: "statx", Path: path, Err: err}
	}
	return inode{s.Ino, s.Btime.Sec*1e9 + int64(s.Btime.Nsec)}, s.Mode&unix.S_IFMT == unix.S_IFDIR, nil
}

// Cut writes into the new folder to what a disk may show after a power cut at this
// moment. What was not synced may be there all the same, or a part of it: random
// decides for each file and folder.
func (p *Power) Cut(to string, random *rand.Rand) error {
	root, _, err := identify(p.root)
	if err != nil {
		return err
	}
	present := map[inode]string{}
	err = filepath.WalkDir(p.root, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		id, _, err := identify(path)
		present[id] = path
		return err
	})
	if err != nil {
		return err
	}
	return p.restore(to, root, present, random)
}

func (p *Power) restore(to string, id inode, present map[inode]string, random *rand.Rand) error {
	path, alive := present[id]
	entries, folder := p.folders[id]
	if alive && !folder { // made, and never synced
		var err error
		if _, folder, err = identify(path); err != nil {
			return err
		}
	}
	if !folder {
		return os.WriteFile(to, p.content(id, path, random), 0o600)
	}
	if alive && random.IntN(4) == 0 { // the newest names were written out just in time
		var err error
		if entries, err = names(path); err != nil {
			return err
		}
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	for name, entry := range entries {
		if err := p.restore(filepath.Join(to, name), entry, present, random); err != nil {
			return err
		}
	}
	return nil
}

// content is what the file shows: what was synced, the newest, or of each page one
// or the other.
func (p *Power) content(id inode, path string, random *rand.Rand) []byte {
	const page = 4096
	synced := p.files[id]
	if path == "" {
		return synced
	}
	newest, err := os.ReadFile(path)
	if err != nil || random.IntN(2) == 0 {
		return synced
	}
	if random.IntN(2) == 0 {
		return newest
	}
	mixed := bytes.Clone(newest) // its length, in the clear or as zeros: pages that were never written
	for at := 0; at < len(mixed); at += page {
		if random.IntN(2) == 0 {
			end := min(at+page, len(mixed))
			clear(mixed[at:end])
			copy(mixed[at:end], synced[min(at, len(synced)):min(end, len(synced))])
		}
	}
	return mixed
}
