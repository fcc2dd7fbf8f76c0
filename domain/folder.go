package domain

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/crypto"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// Format is the version of the folder's layout that this binary writes.
const Format = 1

// Info is what stands in domain.json, in the clear.
type Info struct {
	Format  int              `json:"format"`
	Name    string           `json:"name"` // also the origin line of the log's checkpoints
	Created time.Time        `json:"created"`
	Public  crypto.PublicKey `json:"public"` // verifies checkpoints, certificates and manifests
}

const infoFile = "domain.json"

// readInfo reads domain.json. A folder without one is a fault.NotFound, a newer
// format a fault.Conflict.
func readInfo(dir string) (Info, error) {
	var info Info
	b, err := os.ReadFile(filepath.Join(dir, infoFile))
	if errors.Is(err, fs.ErrNotExist) {
		return info, fault.Errorf(fault.NotFound, "%s is not a domain folder; make one with yingbi init", dir)
	}
	if err != nil {
		return info, err
	}
	if err := json.Unmarshal(b, &info); err != nil {
		return info, fault.Errorf(fault.Integrity, "%s in the domain folder cannot be read; restore it from a backup", infoFile)
	}
	if info.Format > Format {
		return info, fault.Errorf(fault.Conflict, "the domain folder has format %d; this yingbi knows %d: use the newer yingbi that wrote it", info.Format, Format)
	}
	if info.Format < 1 || info.Name == "" || info.Public.IsZero() {
		return info, fault.Errorf(fault.Integrity, "%s in the domain folder is not complete; restore it from a backup", infoFile)
	}
	return info, nil
}

// writeInfo makes domain.json, the last step of making a folder: without it
// there is no domain.
func writeInfo(dir string, info Info) error {
	b, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(dir, infoFile, append(b, '\n'))
}

// lock takes the folder for this process. The kernel frees it when the process
// ends, however that happens.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, durable.Explain(err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fault.New(fault.Conflict, "another process has this domain open; wait for it, or stop it"), f.Close())
	}
	return f, nil
}

// unlock gives the folder back. Closing alone would leave it locked while a child
// that is just being started still has the descriptor.
func unlock(f *os.File) error {
	return errors.Join(unix.Flock(int(f.Fd()), unix.LOCK_UN), f.Close())
}
